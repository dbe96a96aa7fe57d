"""Where in the log a consumer stands, and never a silent skip."""

import threading
from typing import Any

import structlog
from kafka import ConsumerRebalanceListener, KafkaConsumer, TopicPartition
from kafka.errors import NoOffsetForPartitionError, OffsetOutOfRangeError

from chassis.messaging import event_metrics
from chassis.messaging.kafka_internals import WaitEnded, next_offset
from chassis.messaging.records import Record

log = structlog.stdlib.get_logger(__name__)


class PositionLost(Exception):
    """The log no longer has the record that comes next: records were dropped before we read them."""


class Assignment(ConsumerRebalanceListener):  # type: ignore[misc]
    """Notes which partitions came or went; kafka-python calls it on its own loop, so it only notes."""

    def __init__(self) -> None:
        self.has_changed = threading.Event()
        self._ours: frozenset[TopicPartition] = frozenset()
        self._left: set[TopicPartition] = set()

    def on_partitions_revoked(self, revoked: Any) -> None:
        # Of each rebalance, and of all partitions: which of them stay is known when it ends.
        self.has_changed.set()

    def on_partitions_lost(self, lost: Any) -> None:
        self.on_partitions_assigned(())

    def on_partitions_assigned(self, assigned: Any) -> None:
        """All that are ours from now on; those that stay are read on from where we were."""
        ours = frozenset(assigned)
        self._left |= self._ours - ours
        self._ours = ours
        self.has_changed.set()

    def take_left(self) -> set[TopicPartition]:
        """Those that others may have read since the last call, even if they are assigned here again."""
        left, self._left = self._left, set()
        return left


def poll(consumer: KafkaConsumer, timeout_ms: int) -> list[Record]:
    """Records partition by partition; partitions without a committed offset begin at the log's start.

    Returns sooner where the wait was ended. Raises PositionLost when the next record is gone.
    """
    try:
        batches = consumer.poll(timeout_ms=timeout_ms)
    except WaitEnded:
        return []
    except NoOffsetForPartitionError as error:
        consumer.seek_to_beginning(*error.args[0])
        return []
    except OffsetOutOfRangeError as error:
        _settle_out_of_range(consumer, error.args[0])
        return []
    return [record for batch in batches.values() for record in batch]


def report_lag(consumer: KafkaConsumer) -> int:
    """Write the lag of each assigned partition to the metrics; return their sum."""
    total = 0
    for partition in consumer.assignment():
        highwater = consumer.highwater(partition)
        position = next_offset(consumer, partition)
        if highwater is None or position is None:
            continue
        lag = max(0, highwater - position)
        event_metrics.CONSUMER_LAG.labels(partition.topic, partition.partition).set(lag)
        total += lag
    return total


def _settle_out_of_range(consumer: KafkaConsumer, positions: dict[TopicPartition, int]) -> None:
    starts = consumer.beginning_offsets(list(positions))
    lost = {partition: at for partition, at in positions.items() if at < starts[partition]}
    if lost:
        raise PositionLost(_told(lost, starts))
    # Beyond the end: the log was replaced by a younger one. The lanes drop what they have seen.
    names = [f"{partition.topic}/{partition.partition}" for partition in sorted(positions)]
    log.warning("position beyond the end of the log, reading from its start", partitions=names)
    consumer.seek_to_beginning(*positions)


def _told(lost: dict[TopicPartition, int], starts: dict[TopicPartition, int]) -> str:
    gaps = ", ".join(
        f"{partition.topic}/{partition.partition}: next is {at}, the log begins at {starts[partition]}"
        for partition, at in sorted(lost.items())
    )
    return (
        f"Records were dropped before they were read ({gaps}). Nothing is skipped silently: have the owner "
        "publish them again (`republish`), then say `positions accept-loss` here."
    )
