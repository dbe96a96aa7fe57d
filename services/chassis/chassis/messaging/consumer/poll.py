"""One poll: all its events in one transaction; when that fails, again event by event, each by `apply_one`."""

from collections.abc import Callable, Sequence
from functools import partial

import structlog

from chassis import failpoints
from chassis.database.pool import Database
from chassis.database.unit_of_work import UnitOfWork
from chassis.failures import Failure, NeverPossible, NotNow
from chassis.messaging.consumer.error_table import Meaning, OurFault, verdict_on
from chassis.messaging.consumer.flood import FloodGauges
from chassis.messaging.consumer.one_event import apply_one
from chassis.messaging.consumer.poll_transaction import PollTransaction
from chassis.messaging.consumer.reading import Incoming, Reader
from chassis.messaging.consumer.skips import Skips
from chassis.messaging.consumer.tally import Tally
from chassis.messaging.records import Record
from chassis.telemetry import heartbeat

log = structlog.stdlib.get_logger(__name__)


class Poll:
    """Gives the records of polls their effect; keeps the group's flood gauges between polls."""

    def __init__(
        self,
        database: Database,
        work_factory: Callable[..., UnitOfWork],
        reader: Reader,
        group: str,
        flood: FloodGauges,
    ) -> None:
        self._database = database
        self._work_factory = work_factory
        self._reader = reader
        self._group = group
        self.flood = flood
        self.skips = Skips(group)
        # How many records of the last call are done with, also where it raised.
        self.done = 0

    def load(self) -> None:
        """Read what other members and operators noted; before the first poll, and after a rebalance."""
        with self._database.begin() as work:
            self.flood.load(work.connection)
            self.skips.load(work.connection)

    def handle(self, records: Sequence[Record]) -> int:
        """Return how many records are done with, from the first on; fewer than given after a flood.

        Raises what means UNAVAILABLE in the table of errors, what means LATER for the last word on a subject,
        and what a handler raised that means STOP, unless an operator said to skip the record; then the
        records that were not done can be given again.
        """
        self.done = 0
        items = [self._reader.read(record) for record in records]
        for item in items:
            item.failure = self.skips.verdict_on(item.record) or item.failure
        try:
            self.done = self._commit(items).covered
            return self.done
        except Exception as error:
            row, _ = verdict_on(error)
            if row.meaning is Meaning.UNAVAILABLE and not row.is_of_one:
                raise
            log.info("poll repeated event by event", events=len(items), cause=repr(error)[:500])
        for item in items:
            heartbeat.beat()
            is_flooded = apply_one(partial(self._one, item)).is_flooded
            self.done += 1
            if is_flooded:
                break
        return self.done

    def _commit(self, items: Sequence[Incoming]) -> Tally:
        flood = self.flood.copy()
        with self._database.begin(self._work_factory) as work:
            tally = PollTransaction(work, self._group, flood, items, self._reader.topics).apply()
            self.skips.forget(work.connection, (item.record for item in items[: tally.covered]))
            work.flush()
            failpoints.reach("consumer.before_commit")
        failpoints.reach("consumer.after_commit")
        self.flood = flood
        tally.report()
        return tally

    def _one(self, item: Incoming, failure: Failure | None) -> Tally:
        if isinstance(failure, OurFault):
            skipped = self._operators_verdict(item.record)
            if skipped is None:
                _tell_what_stops_us(item.record, failure.error)
                raise failure.error
            failure = skipped
        if isinstance(failure, NotNow) and item.is_last_word:
            # Parked, it would go with all that is parked of an erased subject, unnoticed.
            raise failure
        item.not_now = failure if isinstance(failure, NotNow) else None
        item.failure = failure if isinstance(failure, NeverPossible) else item.failure
        return self._commit([item])

    def _operators_verdict(self, record: Record) -> NeverPossible | None:
        with self._database.begin() as work:
            self.skips.load(work.connection)
        return self.skips.verdict_on(record)


def _tell_what_stops_us(record: Record, error: Exception) -> None:
    place = {"topic": record.topic, "partition": record.partition, "offset": record.offset}
    way_out = "mend the fault, or lay the record aside: records skip TOPIC PARTITION OFFSET"
    log.error("consumer stopped at a record", **place, cause=repr(error)[:500], way_out=way_out)
