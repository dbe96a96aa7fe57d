"""The worker's side of parked lanes: try the queue's first event again, then the next, in order."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from chassis.database.pool import Database
from chassis.database.unit_of_work import UnitOfWork
from chassis.failures import NeverPossible, NotNow
from chassis.messaging.consumer.parking import first_parked, open_lane, park_lane, remove_parked
from chassis.messaging.consumer.reading import Incoming, Reader
from chassis.messaging.consumer.verdicts import verdict_on
from chassis.messaging.dead_letters.writing import write_dead_letter

log = structlog.stdlib.get_logger(__name__)

_LOCK = """
SELECT is_parked, attempts FROM lanes WHERE consumer_group = %s AND topic = %s AND subject = %s FOR UPDATE
"""


@dataclass(frozen=True)
class LaneRetry:
    """Handles parked events with the same table of handlers as the consumer."""

    database: Database
    work_factory: Callable[..., UnitOfWork]
    reader: Reader
    group: str

    def run(self, topic: str, subject: str) -> int:
        """Handle the lane's queue as far as it goes; return how many events left it.

        Each event commits by itself, with the lane row locked, so the consumer cannot overtake it.
        An event that still cannot be handled leaves the lane parked and the next try deferred.
        """
        left = 0
        while True:
            try:
                is_gone = self._one(topic, subject)
            except NotNow as cause:
                self._still_parked(topic, subject, cause)
                return left
            if not is_gone:
                return left
            left += 1

    def _one(self, topic: str, subject: str) -> bool:
        """Handle the first event; False when none is left and the lane is open again."""
        try:
            return self._attempt(topic, subject, None)
        except NotNow:
            raise
        except Exception as error:
            verdict = verdict_on(error)
            if verdict is None:
                raise
            return self._attempt(topic, subject, verdict)

    def _attempt(self, topic: str, subject: str, verdict: NeverPossible | None) -> bool:
        key = (self.group, topic, subject)
        with self.database.begin(self.work_factory) as work:
            lane = work.connection.exec_driver_sql(_LOCK, key).first()
            if lane is None or not lane.is_parked:
                return False
            first = first_parked(work.connection, *key)
            if first is None:
                open_lane(work.connection, *key)
                log.info("lane open again", topic=topic, subject=subject)
                return False
            position, record = first
            remove_parked(work.connection, position)
            handle_or_bury(work, self.group, self.reader.read(record), verdict)
            return True

    def _still_parked(self, topic: str, subject: str, cause: NotNow) -> None:
        key: tuple[str, str, str] = (self.group, topic, subject)
        with self.database.begin(self.work_factory) as work:
            lane = work.connection.exec_driver_sql(_LOCK, key).first()
            if lane is not None and lane.is_parked:
                attempt = lane.attempts + 1
                work.defer(park_lane(work.connection, *key, cause=cause, attempt=attempt))


def handle_or_bury(work: UnitOfWork, group: str, item: Incoming, verdict: NeverPossible | None) -> None:
    """Give one event its effect, or make it a dead letter where that is the verdict."""
    failure = verdict or item.failure
    if failure is not None:
        write_dead_letter(work.connection, group, item.record, item.envelope, failure)
    else:
        item.take_effect(work)
