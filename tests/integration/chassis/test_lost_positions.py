"""Records dropped before they were read: the consumer stops by name, and a person says how it goes on."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from kafka import KafkaProducer, TopicPartition
from tests.integration.chassis.broker_readings import until
from tests.integration.chassis.conftest import Rows
from tests.integration.chassis.processes import Kept
from tests.integration.chassis.test_operators import KEYS, token

from chassis.http.web import create_app
from chassis.messaging.kafka_clients import make_admin
from chassis.operating.http import operators_api
from chassis.service import Service
from chassis.settings.kafka_address import KafkaAddress
from local_stack.kafka_cluster import cluster

pytestmark = pytest.mark.apache

NUMBERS = "SELECT number FROM tally ORDER BY id"
HOLES = "SELECT first_missing, last_missing FROM lane_holes"

Tell = Callable[[int], None]


@pytest.fixture
def environ(tally_environ: dict[str, str], kafka: cluster.KafkaAddress) -> dict[str, str]:
    more = {"KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers, "OPS_TOKEN_PUBLIC_KEY": KEYS[1]}
    return tally_environ | more


@pytest.fixture
def tell(environ: dict[str, str]) -> Tell:
    """Send the event of one number to the topic that is heard; all have one subject, so one partition."""

    def send(number: int) -> None:
        producer = KafkaProducer(bootstrap_servers=environ["KAFKA_BOOTSTRAP_SERVERS"], metrics_enabled=False)
        headers = [
            ("ce_specversion", b"1.0"),
            ("ce_id", str(uuid4()).encode()),
            ("ce_source", b"/gangway/tallies"),
            ("ce_type", b"gangway.thing.said.v1"),
            ("ce_subject", b"a"),
            ("ce_sequence", b"%d" % number),
        ]
        topic = environ["TALLY_HEARD_TOPIC"]
        producer.send(topic, key=b"a", value=b'{"number": %d}' % number, headers=headers).get(20)
        producer.close()

    return send


def drop_records(environ: dict[str, str], before: int) -> None:
    """What retention does to records that nobody read in time."""
    address = KafkaAddress(bootstrap_servers=environ["KAFKA_BOOTSTRAP_SERVERS"])
    admin = make_admin(address)
    topic = environ["TALLY_HEARD_TOPIC"]
    partitions = [TopicPartition(topic, number) for number in range(4)]
    ends = admin.list_partition_offsets(dict.fromkeys(partitions, -1))
    used = next(partition for partition, found in ends.items() if found.offset)
    admin.delete_records({used: before})
    admin.close()


def accept_loss(environ: dict[str, str]) -> tuple[int, Any]:
    """What the web process answers."""
    from tallies.bootstrap import build_service  # noqa: PLC0415 - found only once its folder is on the path

    service = build_service(environ)
    client = create_app(service, __name__, title="Tallies", api=[operators_api]).test_client()
    answer = client.post("/v1/loss-acceptances", json={"reason": "test"}, headers=token("operator"))
    service.database.dispose()
    return answer.status_code, answer.json


def positions(environ: dict[str, str]) -> list[tuple[str, int, int]]:
    """Topic, next offset and unread records, where the consumer has not read everything."""
    from tallies.bootstrap import build_service  # noqa: PLC0415 - found only once its folder is on the path

    service = build_service(environ)
    client = create_app(service, __name__, title="Tallies", api=[operators_api]).test_client()
    told = client.get("/v1/positions", headers=token("viewer")).json["positions"]
    service.database.dispose()
    return [(one["topic"], one["next_offset"], one["unread"]) for one in told]


def run(environ: dict[str, str], *arguments: str) -> str:
    command = [sys.executable, "-m", "tallies", *arguments]
    done = subprocess.run(command, env={**os.environ, **environ}, capture_output=True, text=True, check=True)
    return done.stdout


def test_a_lost_position_stops_the_consumer_until_a_person_accepts_the_loss(
    service: Service, environ: dict[str, str], tell: Tell, rows: Rows, tmp_path: Path
) -> None:
    tell(1)
    consumer = Kept("consumer", environ, tmp_path)
    until(lambda: rows(NUMBERS) == [1])
    assert accept_loss(environ)[0] == 200, "nothing was lost, so nothing is committed"
    assert consumer.stop() == 0
    for number in (2, 3, 4):
        tell(number)
    assert positions(environ) == [(environ["TALLY_HEARD_TOPIC"], 1, 3)], "also while no consumer runs"
    drop_records(environ, before=3)

    stopped = Kept("consumer", environ, tmp_path)
    assert stopped.process.wait(60) != 0
    stopped.stop()
    assert "Records were dropped before they were read" in (tmp_path / "consumer.log").read_text()
    assert rows(NUMBERS) == [1]

    [moved] = (accept_loss(environ)[1])["moved"]
    topic, partition = environ["TALLY_HEARD_TOPIC"], moved["partition"]
    assert moved == {"topic": topic, "partition": partition, "from_offset": 1, "to_offset": 3}
    told = run(environ, "positions", "accept-loss", "--by", "ada@ops.example", "--reason", "test")
    assert told == "nothing was dropped unread\n"
    assert rows("SELECT actor, role, action, outcome FROM operator_actions ORDER BY at") == [
        ("olga", "operator", "accept loss", "done"),
        ("olga", "operator", "accept loss", f"done; {topic}/{partition}: from 1 to 3"),
        ("ada@ops.example", "database", "accept loss", "done"),
    ]

    again = Kept("consumer", environ, tmp_path)
    until(lambda: rows(NUMBERS) == [1, 4])
    assert rows(HOLES) == [(2, 3)]
    tell(3)
    tell(2)
    until(lambda: sorted(rows(NUMBERS)) == [1, 2, 3, 4])
    assert rows(HOLES) == []
    assert again.stop() == 0
