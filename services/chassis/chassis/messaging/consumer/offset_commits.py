"""Offsets committed by hand, without waiting: one that fails is committed again, though nothing more comes.

Otherwise a group whose last commit was lost would show a lag until the next record. They are committed now
and then, as lanes drop what is read again: a commit after each poll costs more than it saves.
"""

import time
from collections.abc import Collection, Sequence

import structlog
from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaError

from chassis.messaging.records import Record

log = structlog.stdlib.get_logger(__name__)

LAST_COMMIT_MS = 3_000


class OffsetCommits:
    """What one member has done, and what of it the group knows. A commit may fail on a rebalance: the next
    owner reads those records again, and the lanes drop them."""

    def __init__(self, consumer: KafkaConsumer, every_seconds: float) -> None:
        self._consumer = consumer
        self._every_seconds = every_seconds
        self._unconfirmed: dict[TopicPartition, OffsetAndMetadata] = {}
        self._is_due = False
        self._next_at = float("-inf")

    def add(self, done: Sequence[Record]) -> None:
        """Commit behind the last record of each partition, now or soon. Does not block."""
        for record in done:
            partition = TopicPartition(record.topic, record.partition)
            self._unconfirmed[partition] = OffsetAndMetadata(record.offset + 1, "", -1)
        self._is_due = True
        self.send_due()

    def forget(self, left: Collection[TopicPartition]) -> None:
        """Partitions were revoked: their next reader begins at the committed offset.

        Those that stay are read on from where they were, so what is done of them is still to be committed.
        """
        for partition in left:
            self._unconfirmed.pop(partition, None)
        self._is_due = bool(self._unconfirmed)

    def send_due(self) -> None:
        """Call it every round: commit what is new or failed, unless the last commit was a moment ago."""
        if self._is_due and time.monotonic() >= self._next_at:
            self._next_at = time.monotonic() + self._every_seconds
            self._is_due = False
            self._send()

    def milliseconds_left(self, most: int) -> int:
        """How long a poll may last: the answer to a commit is heard in the next one."""
        return min(most, int(self._every_seconds * 1000)) if self._unconfirmed else most

    def finish(self) -> None:
        """Commit what is not confirmed yet, and wait for it a little."""
        offsets = self._ours()
        if not offsets:
            return
        try:
            self._consumer.commit(offsets, timeout_ms=LAST_COMMIT_MS)
        except KafkaError as error:
            log.info("offsets not committed", cause=repr(error))

    def _send(self) -> None:
        offsets = self._ours()
        if not offsets:
            return
        try:
            self._consumer.commit_async(offsets, callback=self._on_answer)
        except KafkaError as error:
            self._on_answer(offsets, error)

    def _ours(self) -> dict[TopicPartition, OffsetAndMetadata]:
        """A partition is committed by its present owner."""
        assigned = self._consumer.assignment()
        self._unconfirmed = {
            partition: offset for partition, offset in self._unconfirmed.items() if partition in assigned
        }
        return dict(self._unconfirmed)

    def _on_answer(self, offsets: dict[TopicPartition, OffsetAndMetadata], answer: object) -> None:
        """kafka-python calls it on our own thread, from within `poll`."""
        if isinstance(answer, Exception):
            log.info("offsets not committed", cause=repr(answer))
            self._is_due = True
            return
        for partition, offset in offsets.items():
            if self._unconfirmed.get(partition) == offset:
                del self._unconfirmed[partition]
