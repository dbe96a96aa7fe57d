"""A topic whose records carry the broker's time, read without getting in the way of who writes it."""

import time
from collections.abc import Callable
from typing import NamedTuple
from uuid import uuid4

from confluent_kafka import Consumer, Message, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

PARTITIONS = 12
PATIENCE_SECONDS = 180

Ends = dict[int, int]


class Appended(NamedTuple):
    """One record; ``at`` is when the broker appended it, in seconds since 1970."""

    at: float
    key: bytes
    value: bytes
    headers: dict[str, bytes | None]


class AppendedTopic:
    """Made anew; `close` lets go of the connection only."""

    def __init__(self, bootstrap_servers: str) -> None:
        self.name = f"bench-{uuid4().hex[:8]}"
        admin = AdminClient({"bootstrap.servers": bootstrap_servers})
        settings = {"message.timestamp.type": "LogAppendTime"}
        new = NewTopic(self.name, num_partitions=PARTITIONS, replication_factor=1, config=settings)
        admin.create_topics([new])[self.name].result()
        self._consumer = Consumer(
            {
                "bootstrap.servers": bootstrap_servers,
                "group.id": self.name,
                "enable.auto.commit": False,
                "enable.partition.eof": False,
            }
        )

    def close(self) -> None:
        self._consumer.close()

    def ends(self) -> Ends:
        """The number of records in each partition; asks the broker, which costs it nothing."""
        partitions = [TopicPartition(self.name, number) for number in range(PARTITIONS)]
        return {
            partition.partition: self._consumer.get_watermark_offsets(partition, timeout=10)[1]
            for partition in partitions
        }

    def await_records(self, start: Ends, count: int, meanwhile: Callable[[], object]) -> Ends:
        """Return once so many more are there; ``meanwhile`` is called every half second."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while sum((ends := self.ends()).values()) - sum(start.values()) < count:
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} stays at {ends}")
            meanwhile()
            time.sleep(0.5)
        return ends

    def read(self, start: Ends, ends: Ends) -> list[Appended]:
        """What was appended between, each partition in its order."""
        self._consumer.assign([TopicPartition(self.name, number, start[number]) for number in ends])
        found: list[Appended] = []
        while len(found) < sum(ends.values()) - sum(start.values()):
            for message in self._consumer.consume(5_000, timeout=10):
                if message.error():
                    raise RuntimeError(str(message.error()))
                found.append(_appended(message))
        return found


def _appended(message: Message) -> Appended:
    _, milliseconds = message.timestamp()
    return Appended(
        at=milliseconds / 1000,
        key=message.key() or b"",
        value=message.value() or b"",
        headers=dict(message.headers() or ()),
    )
