"""Fewer round trips to the database: writes without waiting for their results, and batched queries.

    write_later(connection, "INSERT INTO links (id) VALUES (%(id)s)", {"id": link.id})
    locked, found = ask_together(connection, [("SELECT pg_try_advisory_xact_lock(%s)", (7,)), (FIND, values)])

What is written later is sent, in its order and together with the commit, at the end of the transaction
that `Database.begin` opened; or before, when something else is executed on the connection, so that a
query always sees what was written. An error of such a statement is raised by whoever makes it go.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, LiteralString, cast

import psycopg
import structlog
from psycopg.errors import InFailedSqlTransaction
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

log = structlog.stdlib.get_logger(__name__)

Parameters = Mapping[str, Any] | Sequence[Any]
Statement = tuple[LiteralString, Parameters]
_WAITING = "chassis_writes_waiting"


@dataclass
class _Waiting:
    """What a transaction still has to send: its writes in their order, and whom to wake afterwards."""

    statements: list[Statement] = field(default_factory=list)
    channels: dict[LiteralString, None] = field(default_factory=dict)


def write_later(connection: Connection, statement: LiteralString, parameters: Parameters) -> None:
    """Have a statement without an answer executed before the commit; at once outside `Database.begin`."""
    waiting = _waiting_of(connection)
    if waiting is None:
        connection.exec_driver_sql(statement, _as_given(parameters))
    else:
        waiting.statements.append((statement, parameters))


def notify_after_commit(connection: Connection, channel: LiteralString) -> None:
    """Wake who listens, once the commit is there; with the commit outside `Database.begin`.

    Not within the transaction, as PostgreSQL holds a lock on all notifications of all databases until such
    a commit is on the disk: then commits reach the disk one by one. Who is killed between commit and
    notification leaves it out, so listeners look by themselves now and then.
    """
    waiting = _waiting_of(connection)
    if waiting is None:
        connection.exec_driver_sql(f"NOTIFY {channel}")
    else:
        waiting.channels[channel] = None


def ask_together(
    connection: Connection, questions: Sequence[Statement], *, committed_first: Sequence[Statement] = ()
) -> list[list[Any]]:
    """The rows of each query, all in one round trip; in their order, each sees what the former did.

    Writes that wait go before them. Those ``committed_first`` are a transaction of their own before that of
    the others; for the very first statements on a connection only.
    """
    waiting = _take_waiting(connection)
    driver = driver_connection(connection)
    with _translated_errors(connection, [*committed_first, *waiting, *questions]):
        with driver.pipeline():
            cursors = [driver.execute(statement, parameters) for statement, parameters in committed_first]
            if committed_first:
                driver.execute("COMMIT", prepare=False)
                driver.execute("BEGIN", prepare=False)
            for statement, parameters in waiting:
                driver.execute(statement, parameters)
            cursors += [driver.execute(statement, parameters) for statement, parameters in questions]
        # Within the pipeline it would be a round trip of its own.
        return [cursor.fetchall() for cursor in cursors]


def ask_and_commit(connection: Connection, questions: Sequence[Statement]) -> list[list[Any]]:
    """The same as a transaction of its own, in one round trip; only outside `Database.begin`."""
    driver = driver_connection(connection)
    with _translated_errors(connection, questions):
        with driver.pipeline():
            cursors = [driver.execute(statement, parameters) for statement, parameters in questions]
            driver.execute("COMMIT", prepare=False)
        return [cursor.fetchall() for cursor in cursors]


def hold_writes(connection: Connection) -> None:
    """From now on writes of this transaction wait, until `commit_writes`; a rollback forgets them."""
    connection.execution_options(**{_WAITING: _Waiting()})


def commit_writes(connection: Connection) -> None:
    """Send what waits, commit, and notify, all in one round trip.

    Raises as SQLAlchemy does; then nothing is committed, unless the connection broke: that leaves it open.
    With nothing to send the commit is left to SQLAlchemy, to which a transaction that is committed already
    is no harm.
    """
    waiting = _waiting_of(connection)
    if waiting is None:
        return
    committed: psycopg.Cursor[Any] | None = None
    driver = driver_connection(connection)
    with _translated_errors(connection, waiting.statements):
        if driver.info.transaction_status is TransactionStatus.INERROR:
            # A commit would be answered as if all were well, and write nothing.
            raise InFailedSqlTransaction("an earlier statement of this transaction failed")
        if not (waiting.statements or waiting.channels):
            return
        try:
            with driver.pipeline():
                for statement, parameters in waiting.statements:
                    driver.execute(statement, parameters)
                committed = driver.execute("COMMIT", prepare=False)
                for channel in waiting.channels:
                    driver.execute(f"NOTIFY {channel}", prepare=False)
        except psycopg.Error as error:
            if committed is None or committed.statusmessage != "COMMIT":
                raise
            log.warning("committed, but nobody could be woken", cause=str(error))


def send_before_reading(engine: Engine) -> None:
    """Let whatever SQLAlchemy executes on the engine see the writes that wait."""

    @event.listens_for(engine, "before_cursor_execute")
    def send(connection: Connection, *_: object) -> None:
        _send_waiting(connection)


def driver_connection(connection: Connection) -> psycopg.Connection[tuple[Any, ...]]:
    """The psycopg connection beneath, inside the same transaction."""
    return cast("psycopg.Connection[tuple[Any, ...]]", connection.connection.driver_connection)


def _waiting_of(connection: Connection) -> _Waiting | None:
    waiting: _Waiting | None = connection.get_execution_options().get(_WAITING)
    return waiting


def _take_waiting(connection: Connection) -> list[Statement]:
    waiting = _waiting_of(connection)
    if waiting is None:
        return []
    statements, waiting.statements = waiting.statements, []
    return statements


def _send_waiting(connection: Connection) -> None:
    statements = _take_waiting(connection)
    if not statements:
        return
    driver = driver_connection(connection)
    with _translated_errors(connection, statements), driver.pipeline():
        for statement, parameters in statements:
            driver.execute(statement, parameters)


@contextmanager
def _translated_errors(connection: Connection, statements: Sequence[Statement]) -> Iterator[None]:
    """psycopg's errors as those of SQLAlchemy, which callers know; a dead connection leaves the pool."""
    try:
        yield
    except psycopg.Error as error:
        is_gone = driver_connection(connection).closed
        if is_gone:
            connection.invalidate(error)
            # Whoever ended this session may have ended those that rest in the pool as well.
            connection.engine.dispose()
        told = "; ".join(statement for statement, _ in statements)
        raise DBAPIError.instance(
            told,
            None,
            error,
            psycopg.Error,
            hide_parameters=True,
            connection_invalidated=is_gone,
            dialect=connection.dialect,
        ) from error


def _as_given(parameters: Parameters) -> Any:
    return dict(parameters) if isinstance(parameters, Mapping) else tuple(parameters)
