"""The event log as a stranger with kafka-python reaches it: reads topics, puts records in."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

from kafka import KafkaProducer

from chassis.messaging.records import Headers, Record
from gangway.contracts.topic_reader import TopicReader
from gangway.stack.settings import REPOSITORY

# Spoken by every Apache Kafka since 2.3 and by the built-in cluster.
PROTOCOL = (2, 3)


def topics() -> list[str]:
    """All topics that the contracts name, without dead letters."""
    return sorted(path.stem for path in (REPOSITORY / "contracts" / "topics").glob("*.yaml"))


class EventLog:
    """One stack's Kafka."""

    def __init__(self, servers: str) -> None:
        self._servers = servers

    def records(self, *wanted: str) -> Iterator[Record]:
        """Everything that stands in the topics now."""
        with TopicReader(self._servers, wanted, from_beginning=True) as reader:
            yield from reader.records(until_end=True)

    def of_partner(self, partner_id: str, topic: str) -> list[Record]:
        """What one topic tells about one partner, in order."""
        return [record for record in self.records(topic) if record.key == partner_id.encode()]

    def put(self, topic: str, key: str, *records: tuple[bytes, Headers]) -> None:
        """Append records, given as value and headers; returns once they are there."""
        producer = KafkaProducer(
            bootstrap_servers=self._servers.split(","), api_version=PROTOCOL, metrics_enabled=False
        )
        with closing(producer):
            for value, headers in records:
                producer.send(topic, value, key=key.encode(), headers=list(headers)).get(30)


def new_event(name: str, data: dict[str, Any], *, subject: str | None = None) -> tuple[bytes, Headers]:
    """An event without a sequence number, as a stranger might send it."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(uuid4()).encode()),
        ("ce_source", b"/tests/end-to-end"),
        ("ce_type", f"gangway.{name}".encode()),
        ("ce_subject", (subject or data["partner_id"]).encode()),
        ("content-type", b"application/json"),
    ]
    return json.dumps(data).encode(), headers
