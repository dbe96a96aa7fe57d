"""Webhooks as we send them: verified by svix, read by the SDK of CloudEvents for Node."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from consumer_kit.sample_events import sample_events
from consumer_kit.webhooks import BodyKind, Secret, webhook_of


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
