"""A service whose database was restored from a backup goes on behind the numbers that its topics have."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from click.testing import CliRunner
from kafka import KafkaProducer
from tests.integration.chassis.conftest import Command, Rows
from tests.integration.chassis.things import said_on

from chassis.cli import service_command
from chassis.messaging.envelope import write_headers
from chassis.messaging.given_numbers import MOST_FORGOTTEN
from chassis.service import Service
from local_stack.kafka_cluster.cluster import KafkaAddress as RunningKafka

pytestmark = pytest.mark.apache

Send = Callable[..., None]
COUNTERS = "SELECT subject, last_sequence FROM outbox_counters ORDER BY subject"


@pytest.fixture
def topic() -> str:
    return f"numbers-{uuid4().hex[:8]}"


@pytest.fixture
def tally_environ(
    tally_environ: dict[str, str], kafka: RunningKafka, tmp_path: Path, topic: str
) -> dict[str, str]:
    """The example owns a topic, and knows the cluster."""
    (tmp_path / "topics").mkdir()
    contract = {"topic": topic, "owner": "tallies", "key": "thing", "events": []}
    (tmp_path / "topics" / f"{topic}.yaml").write_text(yaml.safe_dump(contract))
    more = {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers, "CONTRACTS_FOLDER": str(tmp_path)}
    return tally_environ | more


@pytest.fixture
def send(kafka: RunningKafka, topic: str) -> Iterator[Send]:
    """What the service sent before its database was lost."""
    producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers, metrics_enabled=False)

    def record(subject: str, sequence: int, **more: Any) -> None:
        told: dict[str, Any] = {"source": "/gangway/tallies", "key": subject, **more}
        headers = write_headers(
            event_id=str(uuid4()),
            type="gangway.thing.said.v1",
            source=told["source"],
            subject=subject,
            sequence=sequence,
            occurred_at=datetime.now(UTC),
            dataschema=None,
            traceparent=None,
        )
        producer.send(topic, b"{}", key=told["key"].encode(), headers=headers).get(20)

    yield record
    producer.close()


def test_it_goes_on_behind_what_was_sent(
    service: Service, rows: Rows, command: Command, send: Send, topic: str
) -> None:
    with service.database.begin() as work:
        for subject in ("behind", "behind", "ahead", "ahead"):
            work.emit(said_on(topic)(thing=subject))
    for number in (1, 2, 3, 5):  # of a compacted topic some are gone
        send("behind", number)
    send("ahead", 1)
    send("unknown", 2)
    send("behind", 90, source="/gangway/another")
    send("behind", 91, key="another")
    send("forged", MOST_FORGOTTEN + 1)
    result = command("numbers", "restore", "--reason", "Backup of 3 o'clock.", "--by", "amara")
    assert (result.exit_code, result.output.splitlines()) == (
        0,
        [
            f"{topic} behind: 3 to 5",
            f"{topic} forged: 1 to {MOST_FORGOTTEN + 1}: left as it is, too far ahead to be ours",
            f"{topic} unknown: 1 to 2",
        ],
    )
    assert rows(COUNTERS) == [("ahead", 2), ("behind", 5), ("unknown", 2)]
    with service.database.begin() as work:
        work.emit(said_on(topic)(thing="behind"))
    assert rows("SELECT max(sequence) FROM outbox WHERE subject = 'behind'") == [6]
    assert rows("SELECT actor, action, outcome FROM operator_actions") == [
        ("amara", "restore numbers", "done: 2 of 4")
    ]
    send("forged", 1)
    assert "forged" in command("numbers", "restore", "--reason", "Once more.").output


def test_without_a_broker_nothing_is_done(
    tally_environ: dict[str, str], service: Service, rows: Rows
) -> None:
    from tallies.bootstrap import build_service  # noqa: PLC0415 - found only once its folder is on the path

    environ = tally_environ | {"KAFKA_BOOTSTRAP_SERVERS": "kafka.invalid:9092"}
    group = service_command("tallies", build_service, environ)
    result = CliRunner().invoke(group, ["numbers", "restore", "--reason", "x"])
    assert (result.exit_code, "no broker answers at kafka.invalid:9092" in result.stderr) == (1, True)
    assert rows("SELECT count(*) FROM operator_actions") == [0]
