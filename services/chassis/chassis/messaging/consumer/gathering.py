"""Records that are not urgent are held back a moment, and handled together with others.

Most of what a topic tells is of no use to a given service, or only enters a history. To lock lanes and commit
for each of them alone costs as much as for hundreds.
"""

import time
from collections.abc import Callable, Collection, Sequence

from kafka import TopicPartition

from chassis.messaging.records import Record

MOST_HELD = 500


class Gathering:
    """What was read and not handed on yet, in its order; its offsets are not committed, so none is lost."""

    def __init__(self, is_urgent: Callable[[Record], bool], wait_seconds: float) -> None:
        self._is_urgent = is_urgent
        self._wait_seconds = wait_seconds
        self._held: list[Record] = []
        self._due_at = float("inf")

    def add(self, records: Sequence[Record]) -> None:
        """An urgent record takes with it all that were read before and beside it."""
        if not records:
            return
        self._held += records
        is_now = len(self._held) >= MOST_HELD or any(map(self._is_urgent, records))
        self._due_at = min(self._due_at, time.monotonic() + (0.0 if is_now else self._wait_seconds))

    def forget(self, left: Collection[TopicPartition]) -> None:
        """Drop what is held of partitions that went: their next reader begins at the committed offset."""
        self._held = [
            record for record in self._held if TopicPartition(record.topic, record.partition) not in left
        ]

    def take_due(self) -> list[Record]:
        """All of them, once one is due."""
        if time.monotonic() < self._due_at:
            return []
        held, self._held, self._due_at = self._held, [], float("inf")
        return held

    def milliseconds_left(self, most: int) -> int:
        """How long there is nothing to take, at most so long."""
        left = max(0.0, self._due_at - time.monotonic())
        return min(most, int(left * 1000) + 1) if self._held else most
