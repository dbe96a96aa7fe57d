"""Webhooks as we send them: verified by svix, read by the SDKs of CloudEvents for Node and Java."""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from consumer_kit.sample_events import sample_events
from consumer_kit.webhooks import BodyKind, Secret, webhook_of
from local_stack.kafka_cluster.choice import JAR_CACHE
from local_stack.kafka_cluster.maven import checked_jars

HERE = Path(__file__).parent


@pytest.mark.parametrize("kind", list(BodyKind))
def test_all_samples_are_verified_and_read(judges: Path, kind: BodyKind) -> None:
    secrets, events = [Secret.draw(), Secret.draw()], list(sample_events())
    requests = [webhook_of(event, kind, secrets) for event in events]
    told = json.dumps([{"headers": dict(one.headers), "body": one.body.decode()} for one in requests])
    done = subprocess.run(
        ["node", "verify_webhooks.mjs"],
        cwd=judges,
        input=told,
        env={**os.environ, "WEBHOOK_SECRET": str(secrets[1])},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    expected = [
        {"id": one.id, "type": f"gangway.{one.key}", "subject": one.subject, "data": one.data}
        for one in events
    ]
    assert json.loads(done.stdout) == expected


@pytest.mark.parametrize("kind", list(BodyKind))
def test_the_sdk_for_java_reads_all_samples(tmp_path: Path, kind: BodyKind) -> None:
    if shutil.which("javac") is None or shutil.which("mvn") is None:
        assert not os.environ.get("CI"), "CI has Java and Maven"
        pytest.skip("no javac or no Maven here")
    jars = checked_jars(HERE / "cloudevents", JAR_CACHE.parents[1] / "cloudevents")
    compiled = ["javac", "-proc:none", "-d", str(tmp_path), "-cp", jars, str(HERE / "ReadWebhooks.java")]
    subprocess.run(compiled, check=True)
    events = list(sample_events())
    requests = [webhook_of(event, kind, [Secret.draw()]) for event in events]
    told = [json.dumps({"headers": dict(one.headers), "body": one.body.decode()}) for one in requests]
    done = subprocess.run(
        ["java", "-cp", f"{tmp_path}{os.pathsep}{jars}", "ReadWebhooks"],
        input="\n".join(told),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    read = [json.loads(line) for line in done.stdout.splitlines()]
    assert read == [
        {"id": one.id, "type": f"gangway.{one.key}", "subject": one.subject, "data": one.data}
        for one in events
    ]
