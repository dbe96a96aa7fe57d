"""One poll: all its events in one transaction; when that fails, again event by event.

Event by event a handler's failure is sorted: `NotNow` parks the lane, `NeverPossible` makes a dead
letter, anything else goes up and stops the consumer with nothing of that event committed.
"""

from collections.abc import Callable, Sequence

import structlog
from psycopg.errors import LockNotAvailable, QueryCanceled
from sqlalchemy.exc import DataError, DBAPIError

from chassis import failpoints
from chassis.database import Database, is_away
from chassis.failures import NeverPossible, NotNow
from chassis.messaging.consumer.apply import Application, Tally
from chassis.messaging.consumer.flood import FloodGauges
from chassis.messaging.consumer.reading import Incoming, Reader
from chassis.messaging.records import Record
from chassis.unit_of_work import UnitOfWork

# What took too long together may be one statement, or one lane that somebody else holds.
ONE_BY_ONE = (LockNotAvailable, QueryCanceled)

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

    def handle(self, records: Sequence[Record]) -> int:
        """Return how many records are done with, from the first on; fewer than given after a flood.

        Raises OperationalError while the database is away, and what a handler raised when it is
        not sorted; in both cases the records that were not done can be given again.
        """
        items = [self._reader.read(record) for record in records]
        try:
            return self._in_one_transaction(items)
        except Exception as error:
            if isinstance(error, DBAPIError) and is_away(error) and not isinstance(error.orig, ONE_BY_ONE):
                raise
            log.info("poll is done again event by event", events=len(items), cause=repr(error)[:500])
        for done, item in enumerate(items):
            if self._one(item).is_flooded:
                return done + 1
        return len(items)

    def _in_one_transaction(self, items: Sequence[Incoming]) -> int:
        return self._commit(items).covered

    def _commit(self, items: Sequence[Incoming]) -> Tally:
        flood = self.flood.copy()
        with self._database.begin(self._work_factory) as work:
            tally = Application(work, self._group, flood, items).apply()
            work.flush()
            failpoints.reach("consumer.before_commit")
        failpoints.reach("consumer.after_commit")
        self.flood = flood
        tally.report()
        return tally

    def _one(self, item: Incoming) -> Tally:
        try:
            return self._commit([item])
        except NotNow as cause:
            item.not_now = cause
        except NeverPossible as cause:
            item.failure = cause
        except DataError as error:
            # The database cannot hold what the message says, such as a NUL character in a text.
            item.failure = NeverPossible("data_refused_by_database", type(error.orig).__name__)
        return self._commit([item])
