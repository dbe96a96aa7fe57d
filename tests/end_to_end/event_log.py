"""The event log as a stranger with kafka-python reaches it: reads topics, puts records in."""

import json
from collections.abc import Iterator
from contextlib import closing
from typing import Any, ClassVar
from uuid import uuid4

from kafka import KafkaProducer

from chassis.messaging.records import Headers, Record
from chassis.settings.kafka_address import KafkaAddress as Reached
from contract_tools import load_contracts
from contract_tools.seen_event import EventWatcher
from contract_tools.topic_reader import TopicReader
from local_stack.settings import REPOSITORY

# Spoken by every Apache Kafka since 2.3 and by the built-in cluster.
PROTOCOL = (2, 3)


def topics() -> list[str]:
    """All topics that the contracts name, without dead letters."""
    return sorted(path.stem for path in (REPOSITORY / "contracts" / "topics").glob("*.yaml"))


class EventLog:
    """One stack's Kafka."""

    # Where stands what tests put there, by all who look at the one stack.
    put_by_tests: ClassVar[set[tuple[str, int, int]]] = set()

    def __init__(self, servers: str) -> None:
        self._servers = servers

    def records(self, *wanted: str) -> Iterator[Record]:
        """Everything that stands in the topics now."""
        with TopicReader(Reached(bootstrap_servers=self._servers), wanted, from_beginning=True) as reader:
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
                sent = producer.send(topic, value, key=key.encode(), headers=list(headers)).get(30)
                self.put_by_tests.add((sent.topic, sent.partition, sent.offset))

    def breaches(self) -> list[str]:
        """What our services sent against their contracts, formats included."""
        watcher = EventWatcher(load_contracts(REPOSITORY / "contracts"), type_prefix="gangway")
        records = (
            record
            for record in self.records(*topics())
            if (record.topic, record.partition, record.offset) not in self.put_by_tests
        )
        seen = (watcher.look(record) for record in records)
        return [f"{one.event_key or one.type}: {problem}" for one in seen for problem in one.problems]


def new_event(
    name: str, data: dict[str, Any], *, subject: str | None = None, source: str = "/gangway/notifications"
) -> tuple[bytes, Headers]:
    """An event without a sequence number, as the owner of the topic might send it."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(uuid4()).encode()),
        ("ce_source", source.encode()),
        ("ce_type", f"gangway.{name}".encode()),
        ("ce_subject", (subject or data["partner_id"]).encode()),
        ("content-type", b"application/json"),
    ]
    return json.dumps(data).encode(), headers
