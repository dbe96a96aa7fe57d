"""The worker's side of parked lanes: try the queue's first event again, then the next, in order."""

from collections.abc import Callable
from dataclasses import dataclass

import structlog

from chassis.database.pool import Database
from chassis.database.unit_of_work import UnitOfWork
from chassis.failures import Failure, NeverPossible
from chassis.messaging.consumer.error_table import OurFault
from chassis.messaging.consumer.one_event import apply_one, take_or_lay_aside
from chassis.messaging.consumer.parking import first_parked, open_lane, park_lane, remove_parked
from chassis.messaging.consumer.reading import Reader
from chassis.messaging.consumer.tally import Tally

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

        Each event commits alone, with the lane row locked, so the consumer cannot overtake it.
        An event that still cannot be handled leaves the lane parked and the next try deferred; so does one
        at which code of ours fails, and then that error is raised.
        """
        left, behind = 0, 0
        while apply_one((first := _FirstOfLane(self, (self.group, topic, subject), behind)).attempt):
            left, behind = left + 1, first.position or behind
        return left


@dataclass
class _FirstOfLane:
    """The event that blocks a lane."""

    of: LaneRetry
    lane: tuple[str, str, str]
    behind: int = 0
    position: int | None = None

    def attempt(self, failure: Failure | None) -> bool:
        """True when the event has left the queue, False when it stays or none is left."""
        tally = Tally()
        with self.of.database.begin(self.of.work_factory) as work:
            lane = work.connection.exec_driver_sql(_LOCK, self.lane).first()
            if lane is None or not lane.is_parked:
                return False
            first = first_parked(work.connection, *self.lane, self.behind)
            if first is None:
                open_lane(work.connection, *self.lane)
                log.info("lane reopened", topic=self.lane[1], subject=self.lane[2])
                return False
            position, record = first
            if failure is not None and self.position not in {None, position}:
                return True  # It was settled elsewhere meanwhile: the failure is not the next one's.
            self.position = position
            if failure is None or isinstance(failure, NeverPossible):
                remove_parked(work.connection, position)
                item = self.of.reader.read(record)
                item.failure = failure or item.failure
                tally.outcomes[record.topic, take_or_lay_aside(work, self.lane[0], item, tally)] += 1
            else:
                work.defer(park_lane(work.connection, *self.lane, cause=failure, attempt=lane.attempts + 1))
        tally.report()
        if isinstance(failure, OurFault):
            raise failure.error
        return failure is None or isinstance(failure, NeverPossible)
