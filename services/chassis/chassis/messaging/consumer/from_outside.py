"""A consumer group, looked at by a client that is no member of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import NamedTuple

from kafka import KafkaConsumer, TopicPartition

from chassis.messaging.watched_client import opened
from chassis.settings.kafka_address import KafkaAddress


class Behind(NamedTuple):
    """A partition with records that the group has not committed; ``next_offset`` is the first of them."""

    topic: str
    partition: int
    next_offset: int
    unread: int


class Stretch(NamedTuple):
    """What of a partition the group has not committed: from ``next_offset`` on, before ``end``."""

    next_offset: int
    end: int


@contextmanager
def group_from_outside(
    address: KafkaAddress, group: str, topics: Sequence[str], answer_ms: int
) -> Iterator[tuple[KafkaConsumer, list[TopicPartition]]]:
    """A client that may commit for the group, and the topics' partitions. Raises KafkaError."""
    consumer = opened(
        KafkaConsumer,
        address,
        group_id=group,
        enable_auto_commit=False,
        metrics_enabled=False,
        request_timeout_ms=answer_ms,
        bootstrap_timeout_ms=answer_ms,
    )
    try:
        partitions = [
            TopicPartition(topic, number)
            for topic in topics
            for number in sorted(consumer.partitions_for_topic(topic) or ())
        ]
        consumer.assign(partitions)
        yield consumer, partitions
    finally:
        consumer.close(autocommit=False)


def partitions_behind(
    address: KafkaAddress, group: str, topics: Sequence[str], answer_ms: int
) -> list[Behind]:
    """Where the group has not read everything, whether its consumers run or not. Raises KafkaError."""
    return [
        Behind(topic, partition, unread.next_offset, unread.end - unread.next_offset)
        for (topic, partition), unread in unread_stretches(address, group, topics, answer_ms).items()
        if unread.next_offset < unread.end
    ]


def unread_stretches(
    address: KafkaAddress, group: str, topics: Sequence[str], answer_ms: int
) -> dict[tuple[str, int], Stretch]:
    """Of each partition, by topic and number; empty ones, too. Raises KafkaError."""
    with group_from_outside(address, group, topics, answer_ms) as (consumer, partitions):
        starts = consumer.beginning_offsets(partitions, timeout_ms=answer_ms)
        ends = consumer.end_offsets(partitions, timeout_ms=answer_ms)
        found = {}
        for partition in partitions:
            committed = consumer.committed(partition, timeout_ms=answer_ms)
            at = starts[partition] if committed is None else committed
            found[partition.topic, partition.partition] = Stretch(at, ends[partition])
        return found
