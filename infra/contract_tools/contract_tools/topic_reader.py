"""Read topics from outside any consumer group, so that looking on changes nothing for anyone."""

import socket
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from types import TracebackType
from typing import Any, Self

from kafka import KafkaConsumer, TopicPartition

from chassis.messaging.header_names import tolerate_header_names
from chassis.messaging.records import Record
from chassis.messaging.watched_client import opened
from chassis.settings.kafka_address import KafkaAddress

# Spoken by every Apache Kafka since 2.3 and by the built-in cluster, so nobody has to say which it is.
_PROTOCOL = (2, 3)
_WAIT_MS = 300
_PATIENCE_SECONDS = 5


class CannotRead(Exception):
    """No broker answers, or none of the wanted topics is there."""


class TopicReader:
    """Reads all partitions of some topics, from their beginning or from now on.

    ``missing`` names wanted topics that are not on the cluster. Raises CannotRead, and KafkaError where
    the cluster fails in the middle of it or refuses us.
    """

    def __init__(self, kafka: KafkaAddress, topics: Sequence[str], *, from_beginning: bool) -> None:
        tolerate_header_names()
        answering = replace(kafka, bootstrap_servers=_answering(kafka.bootstrap_servers))
        # A cluster that asks for proof is no built-in one, and its version can be asked for: that also
        # finds out at once who is refused.
        if kafka.security.protocol == "PLAINTEXT":
            answering = replace(answering, api_version=_PROTOCOL)
        self._consumer: Any = opened(
            KafkaConsumer,
            answering,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            allow_auto_create_topics=False,
            metrics_enabled=False,
        )
        try:
            self.missing = sorted(set(topics) - self._consumer.topics())
            self._ends = self._seek(topics, from_beginning=from_beginning)
        except BaseException:
            self.close()
            raise

    def _seek(self, topics: Sequence[str], *, from_beginning: bool) -> dict[TopicPartition, int]:
        """Go to where reading starts; where the partitions end now is told."""
        partitions = [
            TopicPartition(topic, number)
            for topic in sorted(set(topics) - set(self.missing))
            for number in sorted(self._consumer.partitions_for_topic(topic) or ())
        ]
        if not partitions:
            raise CannotRead(f"not on the cluster: {', '.join(sorted(set(topics)))}")
        self._consumer.assign(partitions)
        ends: dict[TopicPartition, int] = self._consumer.end_offsets(partitions)
        starts = self._consumer.beginning_offsets(partitions) if from_beginning else ends
        for partition, offset in starts.items():
            self._consumer.seek(partition, offset)
        return ends

    def records(self, *, until_end: bool = False) -> Iterator[Record]:
        """Records as they come, those that come together by their time.

        Goes on for ever; with ``until_end`` it stops after what was there when the reader was made.
        """
        while not (until_end and self._is_at_end()):
            batches = self._consumer.poll(timeout_ms=_WAIT_MS)
            found = [record for batch in batches.values() for record in batch]
            yield from sorted(found, key=lambda record: int(record.timestamp))

    def _is_at_end(self) -> bool:
        return all(self._consumer.position(partition) >= end for partition, end in self._ends.items())

    def close(self) -> None:
        """Let go of the connections."""
        self._consumer.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _answering(servers: str) -> str:
    """Those of ``host:port,…`` that take a connection; kafka-python itself would try for ever."""
    found = []
    for server in servers.split(","):
        host, _, port = server.strip().rpartition(":")
        with suppress(OSError, ValueError):
            socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE_SECONDS).close()
            found.append(server.strip())
    if not found:
        raise CannotRead(f"no broker answers at {servers}")
    return ",".join(found)
