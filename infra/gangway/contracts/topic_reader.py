"""Read topics from outside any consumer group, so that looking on changes nothing for anyone."""

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Any, Self

from kafka import KafkaConsumer, TopicPartition

from chassis.records import Record

# Spoken by every Apache Kafka since 2.3 and by the built-in cluster, so nobody has to say which it is.
_PROTOCOL = (2, 3)
_WAIT_MS = 300


class NoSuchTopics(Exception):
    """None of the wanted topics is on the cluster."""


class TopicReader:
    """Reads all partitions of some topics, from their beginning or from now on.

    ``missing`` names wanted topics that are not on the cluster; raises NoSuchTopics if none is, and
    KafkaError where no broker answers.
    """

    def __init__(self, servers: str, topics: Sequence[str], *, from_beginning: bool) -> None:
        self._consumer: Any = KafkaConsumer(
            bootstrap_servers=servers.split(","),
            api_version=_PROTOCOL,
            bootstrap_timeout_ms=10_000,
            group_id=None,
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            allow_auto_create_topics=False,
            metrics_enabled=False,
        )
        present = self._consumer.topics()
        self.missing = sorted(set(topics) - present)
        partitions = [
            TopicPartition(topic, number)
            for topic in sorted(set(topics) & present)
            for number in sorted(self._consumer.partitions_for_topic(topic) or ())
        ]
        if not partitions:
            self.close()
            raise NoSuchTopics(f"not on the cluster: {', '.join(sorted(set(topics)))}")
        self._consumer.assign(partitions)
        self._ends = self._consumer.end_offsets(partitions)
        starts = self._consumer.beginning_offsets(partitions) if from_beginning else self._ends
        for partition, offset in starts.items():
            self._consumer.seek(partition, offset)

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
