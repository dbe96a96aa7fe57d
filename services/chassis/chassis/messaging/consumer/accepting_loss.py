"""Move a stopped group's positions to the log's start where records were dropped before they were read."""

from collections.abc import Sequence
from typing import NamedTuple

from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.errors import CommitFailedError, UnknownMemberIdError

from chassis.messaging.consumer.from_outside import group_from_outside
from chassis.settings.kafka_address import KafkaAddress

# Of each answer; the whole ends well before a client of ours gives up.
_ANSWER_MS = 8_000


class ConsumerRuns(Exception):
    """The group has members, who alone may commit; a crashed one counts until its session ends after 6 s."""


class Moved(NamedTuple):
    """One partition that goes on behind a gap."""

    topic: str
    partition: int
    from_offset: int
    to_offset: int

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}: from {self.from_offset} to {self.to_offset}"


def accept_loss(address: KafkaAddress, group: str, topics: Sequence[str]) -> list[Moved]:
    """Commit the start of the log for partitions whose committed offset lies before it; return which.

    The group's consumers must be stopped, as they are after PositionLost. Raises ConsumerRuns and KafkaError.
    """
    try:
        with group_from_outside(address, group, topics, _ANSWER_MS) as (consumer, partitions):
            return _moved(consumer, partitions)
    except (CommitFailedError, UnknownMemberIdError) as error:
        raise ConsumerRuns(f"The consumer of {group} runs, or ended only a few seconds ago.") from error


def _moved(consumer: KafkaConsumer, partitions: list[TopicPartition]) -> list[Moved]:
    moved = []
    for partition, start in consumer.beginning_offsets(partitions, timeout_ms=_ANSWER_MS).items():
        committed = consumer.committed(partition, timeout_ms=_ANSWER_MS)
        if committed is not None and committed < start:
            moved.append(Moved(partition.topic, partition.partition, committed, start))
    if moved:
        # In one request, so that none moves where this is told to have failed.
        starts = {TopicPartition(one.topic, one.partition): one.to_offset for one in moved}
        offsets = {partition: OffsetAndMetadata(start, "", -1) for partition, start in starts.items()}
        consumer.commit(offsets, timeout_ms=_ANSWER_MS)
    return moved
