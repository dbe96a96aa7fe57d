"""The processes of notifications as they run: events in by Kafka, mails out by SMTP, events out by Kafka."""

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from chassis.messaging.envelope import write_headers
from local_stack.kafka_cluster.cluster import KafkaAddress
from local_stack.machine.ports import find_free_port

CONTRACTS = Path(__file__).parents[3] / "contracts" / "events"
PROCESSES = ("consumer", "worker", "relay")


class Inbox:
    """What arrived: recipients and bytes."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], bytes]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append((envelope.rcpt_tos, envelope.content))
        return "250 taken"


@pytest.fixture
def inbox() -> Iterator[tuple[Inbox, int]]:
    handler = Inbox()
    controller = Controller(handler, hostname="127.0.0.1", port=find_free_port())
    controller.start()
    yield handler, controller.port
    controller.stop()


@pytest.fixture
def running(environ, inbox, kafka: KafkaAddress, world) -> Iterator[list[subprocess.Popen[bytes]]]:
    version = ".".join(map(str, kafka.api_version)) if kafka.api_version else ""
    settings = {
        "SMTP_PORT": str(inbox[1]),
        "KAFKA_BOOTSTRAP_SERVERS": kafka.bootstrap_servers,
        "KAFKA_API_VERSION": version,
        "PATH": os.environ["PATH"],
    }
    commands = [[sys.executable, "-m", "notifications", process] for process in PROCESSES]
    children = [subprocess.Popen(command, env=environ | settings) for command in commands]
    yield children
    for child in children:
        child.kill()
        child.wait()


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def publish(
    kafka: KafkaAddress, partner_id: str, topic: str, name: str, sequence: int, **changes: Any
) -> None:
    example = json.loads((CONTRACTS / name / "v1.example.json").read_text(encoding="utf-8"))
    data = example | {"partner_id": partner_id} | changes
    headers = write_headers(
        event_id=str(uuid.uuid4()),
        type=f"gangway.{name}.v1",
        source=f"/gangway/{'provisioning' if topic.startswith('access') else 'onboarding'}",
        subject=partner_id,
        sequence=sequence,
        occurred_at=datetime.now(UTC),
        dataschema=None,
        traceparent=None,
    )
    options = {"bootstrap_servers": kafka.bootstrap_servers, "api_version": kafka.api_version}
    producer = KafkaProducer(**options)
    value = json.dumps(data).encode()
    producer.send(topic, key=partner_id.encode(), value=value, headers=headers).get(20)
    producer.close()


def read_names(kafka: KafkaAddress, topic: str, partner_id: str) -> list[str]:
    options = {"bootstrap_servers": kafka.bootstrap_servers, "api_version": kafka.api_version}
    consumer = KafkaConsumer(**options, auto_offset_reset="earliest", consumer_timeout_ms=1_000)
    partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic) or ()]
    consumer.assign(partitions)
    consumer.seek_to_beginning(*partitions)
    found = [record for record in consumer if record.key == partner_id.encode()]
    consumer.close()
    return sorted(dict(record.headers)["ce_type"].decode() for record in found)


def test_from_the_approval_by_kafka_to_the_mails_and_back_to_kafka(running, inbox, kafka, world):
    partner_id, mails = str(uuid.uuid4()), inbox[0].mails
    until_then = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    link = {"id": str(uuid.uuid4()), "purpose": "sign_in", "expires_at": until_then}

    # The other topic is quicker: its lane is parked until the approval is there.
    publish(kafka, partner_id, "access.lifecycle.v1", "access.granted", 1, product="iot")
    publish(kafka, partner_id, "partner.lifecycle.v1", "partner.approved", 1, link=link)
    until(lambda: len(mails) == 1 and len(world.rows("SELECT 1 FROM invitations")) == 2)
    publish(kafka, partner_id, "access.lifecycle.v1", "access.member_added", 2, products=[])
    publish(kafka, partner_id, "partner.lifecycle.v1", "partner.activated", 2, link=link)
    until(lambda: len(mails) >= 3)

    recipients = [recipient for to, _ in mails for recipient in to]
    assert sorted(recipients) == [
        *["juergen.weiss@maschinenbau-weiss.example"] * 2,
        "zoe@maschinenbau-weiss.example",
    ]
    until(lambda: not world.rows("SELECT 1 FROM messages WHERE state <> 'sent'"))
    until(lambda: len(read_names(kafka, "message.delivery.v1", partner_id)) == 3)
    invited = read_names(kafka, "learning.progress.v1", partner_id)
    assert invited == ["gangway.learning.invitation_sent.v1"] * 6

    for child in running:
        child.send_signal(signal.SIGTERM)
    assert [child.wait(15) for child in running] == [0, 0, 0]
