"""One service's PostgreSQL: the pool, and the transaction in which a unit of work lives.

    database = Database(settings.database_url, events=Outbox(...))
    with database.begin(OnboardingUnitOfWork) as work:    # a transaction; flush and commit at the end
        approve_partner(work, command)              # an exception rolls everything back

`begin` blocks while the pool is empty, and raises sqlalchemy.exc.OperationalError when the database
is unavailable, or silent for longer than its process waits (`chassis.settings.database_timeouts`).
A `Database` is made after fork, or `dispose` is called in the child before its first use.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, TypeVar, overload

import psycopg
import structlog
from sqlalchemy import Connection, Engine, ExceptionContext, create_engine, event
from sqlalchemy.exc import DisconnectionError

from chassis import clock
from chassis.database.outages import is_read_only
from chassis.database.patient_connections import DatabaseSilent, connect, is_dead
from chassis.database.round_trips import commit_writes, hold_writes, send_before_reading
from chassis.database.unit_of_work import EventSink, UnitOfWork
from chassis.database.urls import driver_url, sqlalchemy_url
from chassis.settings.database_timeouts import DatabaseTimeouts

ASK_AGAIN_AFTER_SECONDS = 1.0
# Tokens, links and terms of another machine begin too late here, or end too early.
CLOCKS_APART_MOST = timedelta(seconds=30)
# What ends by time, leases and deadlines, would end at a wrong one, and is not brought back.
CLOCK_OFF_MOST = timedelta(hours=1)
_ASK_FOR_WRITING = "SELECT current_setting('transaction_read_only'), clock_timestamp()"

log = structlog.stdlib.get_logger(__name__)

Work = TypeVar("Work", bound=UnitOfWork)
WorkFactory = Callable[[Connection, EventSink], Work]


class DatabaseReadOnly(RuntimeError):
    """The database answers, and takes no write: a standby, or what a failover made of the primary."""

    readiness = "read-only"


class ClockIsOff(RuntimeError):
    """The clock of this machine, or the database's, was never set, or set wrong."""

    readiness = "off"


class Database:
    """The connections of one process to its service's database."""

    def __init__(
        self,
        url: str,
        *,
        events: EventSink,
        timeouts: DatabaseTimeouts | None = None,
        pool_size: int = 10,
        application_name: str = "gangway",
    ) -> None:
        self.url = url
        self._timeouts = timeouts or DatabaseTimeouts()
        self._events = events
        self.engine = make_engine(url, self._timeouts, pool_size=pool_size, application_name=application_name)

    @overload
    def begin(self) -> AbstractContextManager[UnitOfWork]: ...
    @overload
    def begin(self, work_factory: WorkFactory[Work]) -> AbstractContextManager[Work]: ...
    @contextmanager
    def begin(self, work_factory: WorkFactory[Any] = UnitOfWork) -> Iterator[Any]:
        """Open a transaction; on a clean exit write events and jobs and commit, else roll back."""
        with self.engine.begin() as connection:
            hold_writes(connection)
            work = work_factory(connection, self._events)
            yield work
            work.flush()
            commit_writes(connection)

    def connect(self, **options: Any) -> psycopg.Connection[tuple[Any, ...]]:
        """A connection of its own outside the pool, in autocommit: for LISTEN and session locks."""
        return connect(driver_url(self.url), self._timeouts, autocommit=True, **options)

    def ping(self) -> None:
        """Ping the database; raises when it does not answer."""
        with self.engine.connect() as connection:
            _compare_clocks(connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one())

    def ping_for_writing(self) -> None:
        """The same; raises as well while the server only reads."""
        with self.engine.connect() as connection:
            read_only, present = connection.exec_driver_sql(_ASK_FOR_WRITING).one()
            _compare_clocks(present)
            if read_only == "on":
                raise DatabaseReadOnly("the database only reads")

    def expect_one_clock(self) -> None:
        """Raises ClockIsOff; a worker does nothing then."""
        with self.engine.connect() as connection:
            refuse_another_clock(connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one())

    def dispose(self) -> None:
        """Close the pool; needed in a forked child before its first use."""
        self.engine.dispose()


def _compare_clocks(present: datetime) -> None:
    """Say so when the clock of this machine is not the database's; what works on goes on."""
    apart = clock.now() - present
    if abs(apart) > CLOCKS_APART_MOST:
        log.warning("clock differs from the database's", ahead_seconds=round(apart.total_seconds()))


def refuse_another_clock(present: datetime) -> None:
    """Raises ClockIsOff where the database's present moment is hours from ours."""
    apart = clock.now() - present
    if abs(apart) > CLOCK_OFF_MOST:
        seconds, way = round(abs(apart).total_seconds()), "ahead of" if apart > timedelta() else "behind"
        raise ClockIsOff(f"the clock of this machine is {seconds} s {way} the database's: set it right")


def make_engine(
    url: str,
    timeouts: DatabaseTimeouts | None = None,
    *,
    pool_size: int = 10,
    application_name: str = "gangway",
) -> Engine:
    """An engine that notices dead connections before it hands them out, without a round trip."""
    timeouts = timeouts or DatabaseTimeouts()
    engine = create_engine(
        sqlalchemy_url(url), pool_size=pool_size, max_overflow=0, pool_timeout=timeouts.pool_seconds
    )
    opener = _Opener(driver_url(url), timeouts, application_name)
    event.listen(engine, "do_connect", opener.open)
    event.listen(engine, "checkout", _refuse_dead)
    event.listen(engine, "handle_error", _give_up_read_only)
    send_before_reading(engine)
    return engine


class _Opener:
    """Opens the connections of an engine, and fails fast for a moment after a connection timeout.

    Otherwise each of several waiting threads would wait for ``connect_seconds``, one after the other.
    """

    def __init__(self, url: str, timeouts: DatabaseTimeouts, application_name: str) -> None:
        self._url = url
        self._timeouts = timeouts
        self._application_name = application_name
        self._silent_until = float("-inf")

    def open(self, *_: object) -> psycopg.Connection[Any]:
        if monotonic() < self._silent_until:
            raise DatabaseSilent("the database did not answer a moment ago")
        try:
            return connect(self._url, self._timeouts, application_name=self._application_name)
        except psycopg.errors.ConnectionTimeout:
            self._silent_until = monotonic() + ASK_AGAIN_AFTER_SECONDS
            raise


def _give_up_read_only(context: ExceptionContext) -> None:
    """After a failover a connection may stay with a server that only reads, which never hangs up."""
    if is_read_only(context.original_exception):
        context.is_disconnect = True


def _refuse_dead(connection: psycopg.Connection[Any], _record: object, _proxy: object) -> None:
    if is_dead(connection):
        raise DisconnectionError("the server hung up")
