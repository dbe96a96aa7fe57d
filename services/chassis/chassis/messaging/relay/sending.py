"""Records on their way to the broker: sent, not yet acknowledged, each with a deadline of ours."""

import math
import os
import threading
import time
from collections import deque
from functools import partial

from kafka import KafkaProducer
from kafka.errors import (
    KafkaError,
    MessageSizeTooLargeError,
    TopicAuthorizationFailedError,
)
from kafka.future import Future

from chassis import failpoints
from chassis.messaging.kafka_internals import append_record, report_outcome, stop_sending
from chassis.messaging.kafka_refusals import KafkaRefused, no_right_to_write
from chassis.messaging.outbox import LARGEST_VALUE_BYTES
from chassis.messaging.relay.pending import PendingRow

Lane = tuple[str, str | None]


class SendFailed(Exception):
    """The producer cannot be trusted any more: drop it and restart from the table."""


class RecordRefused(SendFailed):
    """The broker or the client refuses this very record; its lane has to wait for a person."""

    def __init__(self, lane: Lane, cause: BaseException) -> None:
        super().__init__(f"{cause!r} for topic {lane[0]}, subject {lane[1]}")
        self.lane = lane


class Sending:
    """What one producer has in flight. Only the relay's thread calls it; the producer's reports back."""

    def __init__(self, producer: KafkaProducer, *, deadline_seconds: float) -> None:
        self._producer = producer
        self._deadline_seconds = deadline_seconds
        self._deadlines: dict[int, float] = {}
        self._acknowledged: deque[int] = deque()
        self._failures: deque[SendFailed | KafkaRefused] = deque()
        self._is_signalled = False
        self._signal_lock = threading.Lock()
        # Whether `wake_fd` is to tell of acknowledgements too; of failures it always does.
        self.is_awaited = False
        self.wake_fd, self._wake_end = os.pipe()

    @property
    def in_flight(self) -> list[int]:
        """Positions of rows that were sent and not yet taken as acknowledged."""
        return list(self._deadlines)

    def __len__(self) -> int:
        return len(self._deadlines)

    def send(self, row: PendingRow) -> None:
        """Hand one row to the producer; its answer comes later. Raises SendFailed."""
        failpoints.reach("relay.before_send")
        lane = (row.topic, row.subject)
        try:
            future = self._hand_over(row)
        except MessageSizeTooLargeError as error:
            raise RecordRefused(lane, error) from error
        except (KafkaError, ValueError, AssertionError) as error:
            raise SendFailed(repr(error)) from error
        self._deadlines[row.position] = time.monotonic() + self._deadline_seconds
        report_outcome(future, partial(self._on_acknowledged, row.position), partial(self._on_failed, lane))

    def take_acknowledged(self) -> list[int]:
        """Positions acknowledged since the last call; they are in flight no longer."""
        self._clear_signal()
        positions = []
        while self._acknowledged:
            position = self._acknowledged.popleft()
            if self._deadlines.pop(position, None) is not None:
                positions.append(position)
        return positions

    def check(self) -> None:
        """Raise SendFailed when a send failed or the oldest one is overdue, KafkaRefused without rights."""
        if self._failures:
            raise self._failures.popleft()
        oldest = next(iter(self._deadlines.values()), None)
        if oldest is not None and time.monotonic() > oldest:
            raise SendFailed(f"no acknowledgement within {self._deadline_seconds:g} s")

    def wake(self) -> None:
        """Make ``wake_fd`` readable. From any thread, also after the end."""
        with self._signal_lock:
            if not self._is_signalled and self._wake_end >= 0:
                self._is_signalled = True
                os.write(self._wake_end, b"!")

    def close(self) -> None:
        with self._signal_lock:
            os.close(self.wake_fd)
            os.close(self._wake_end)
            self._wake_end = -1

    def _hand_over(self, row: PendingRow) -> Future:
        """Events of our own need no check; what was copied as it came, or is large, does."""
        if row.record_headers is None and len(row.data or b"") <= LARGEST_VALUE_BYTES:
            return append_record(self._producer, row.topic, row.subject.encode(), row.data, row.headers())
        return self._producer.send(row.topic, key=row.key(), value=row.data, headers=row.headers())

    def _on_acknowledged(self, position: int, _metadata: object) -> None:
        # It may be taken late, by a process that was suspended. In this order: who takes it ends its flight.
        self._deadlines[position] = math.inf
        self._acknowledged.append(position)
        if self.is_awaited:
            self.wake()

    def _on_failed(self, lane: Lane, error: BaseException) -> None:
        # Nothing may be sent behind a failed record of its partition: stop the sender at once.
        stop_sending(self._producer)
        self._failures.append(_sorted(lane, error))
        self.wake()

    def _clear_signal(self) -> None:
        with self._signal_lock:
            if self._is_signalled:
                os.read(self.wake_fd, 1)
                self._is_signalled = False


def _sorted(lane: Lane, error: BaseException) -> SendFailed | KafkaRefused:
    """What a failed send means: hold this record, hold its topic, hold everything, or restart."""
    if isinstance(error, MessageSizeTooLargeError):
        return RecordRefused(lane, error)
    if isinstance(error, TopicAuthorizationFailedError):
        return RecordRefused((lane[0], None), no_right_to_write(lane[0]))
    if "ClusterAuthorizationFailedError" in repr(error):  # what asking for a producer's id is answered with
        return no_right_to_write("of its own")
    return SendFailed(repr(error))
