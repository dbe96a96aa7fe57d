"""Fewer round trips to the database: writes without waiting for their results, and batched queries.

    write_later(connection, "INSERT INTO links (id) VALUES (%(id)s)", {"id": link.id})
    locked, found = ask_together(connection, [("SELECT pg_try_advisory_xact_lock(%s)", (7,)), (FIND, values)])
    open_with(connection, Opening([(LOCK, number)], refuse_unless_locked))

What is written later is sent, in its order and together with the commit, at the end of the transaction
that `Database.begin` opened; or before, when something else is executed on the connection, so that a
query always sees what was written. An error of such a statement is raised by whoever makes it go.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, LiteralString, cast

import psycopg
import structlog
from psycopg.errors import InFailedSqlTransaction
from psycopg.pq import TransactionStatus
from sqlalchemy import Connection, Dialect, Engine, Select, event
from sqlalchemy.exc import DBAPIError

from chassis.database.outages import is_read_only
from chassis.database.patient_connections import PatientConnection
from chassis.database.psycopg_internals import Parameters, Sendable, exchange

log = structlog.stdlib.get_logger(__name__)

Statement = tuple[LiteralString, Parameters]
_WAITING = "chassis_writes_waiting"
_NOTIFY = "SELECT pg_notify(%s, %s)"
_COMMIT: Sendable = ("COMMIT", None)
_COMMIT_AND_CHAIN: Sendable = ("COMMIT AND CHAIN", None)


@dataclass(frozen=True)
class Opening:
    """What a transaction asks before anything else; whatever it asks first takes it along.

    ``answered`` gets the rows of each question, those ``committed_first`` before the others, and may raise
    what ends the transaction. Questions that are ``committed_first`` are a transaction of their own.
    """

    questions: Sequence[Statement]
    answered: Callable[[list[list[Any]]], None]
    committed_first: Sequence[Statement] = ()


@dataclass
class _Waiting:
    """What a transaction still has to send: opening, writes in their order, whom to wake afterwards."""

    opening: Opening | None = None
    statements: list[Statement] = field(default_factory=list)
    notifications: dict[tuple[LiteralString, str], None] = field(default_factory=dict)


def write_later(connection: Connection, statement: LiteralString, parameters: Parameters) -> None:
    """Have a statement without an answer executed before the commit; at once outside `Database.begin`."""
    waiting = _waiting_of(connection)
    if waiting is None:
        given: Any = dict(parameters) if isinstance(parameters, Mapping) else tuple(parameters)
        connection.exec_driver_sql(statement, given)
    else:
        waiting.statements.append((statement, parameters))


def notify_after_commit(connection: Connection, channel: LiteralString, about: str = "") -> None:
    """Wake who listens, once the commit is there; with the commit outside `Database.begin`.

    Not within the transaction, as PostgreSQL holds a lock on all notifications of all databases until such
    a commit is on the disk: then commits reach the disk one by one. A process that is killed between
    commit and notification sends none, so listeners look by themselves now and then.
    """
    waiting = _waiting_of(connection)
    if waiting is None:
        connection.exec_driver_sql(_NOTIFY, (channel, about))
    else:
        waiting.notifications[channel, about] = None


def open_with(connection: Connection, opening: Opening) -> None:
    """Ask this before everything else of the transaction that `Database.begin` has just opened.

    It goes with the first question that takes it along (`ask_with_opening`), else by itself before whatever
    is executed first, or before the commit: what ``answered`` raises is raised there.
    """
    waiting = _waiting_of(connection)
    if waiting is None:
        _ask_opening(connection, opening)
    else:
        waiting.opening = opening


def settle_opening(connection: Connection) -> None:
    """Ask the opening, unless it was asked; raises what its ``answered`` raises."""
    waiting = _waiting_of(connection)
    if waiting is not None and waiting.opening is not None:
        opening, waiting.opening = waiting.opening, None
        _ask_opening(connection, opening)


def ask_with_opening(connection: Connection, question: Statement) -> list[Any]:
    """The rows of a question that may be asked before it is known what the opening says.

    It is for what a rollback undoes and what cannot fail: when the opening ends the transaction, it was in
    vain. Writes that wait do not go before an opening: with them it is a round trip of its own.
    """
    waiting = _waiting_of(connection)
    if waiting is None or waiting.opening is None or waiting.statements:
        return ask_together(connection, [question])[0]
    opening, waiting.opening = waiting.opening, None
    return _ask_opening(connection, opening, question)[0]


def ask_together(connection: Connection, questions: Sequence[Statement]) -> list[list[Any]]:
    """The rows of each query, all in one round trip; in their order, each sees what the former did.

    Writes that wait go before them.
    """
    waiting = _waiting_of(connection)
    if waiting is None:
        return _ask(connection, questions)
    if waiting.opening is not None:
        settle_opening(connection)
    written, waiting.statements = waiting.statements, []
    try:
        return _ask(connection, [*written, *questions])[len(written) :]
    except DBAPIError as error:
        is_answered = getattr(error.orig, "sqlstate", None) is not None
        if not (is_answered or error.connection_invalidated):
            # A value cannot be sent, so nothing was: a caller that goes on has still written this.
            waiting.statements = [*written, *waiting.statements]
        raise


def select_together(
    connection: Connection, queries: Sequence[tuple[Select[Any], Parameters]]
) -> list[list[Any]]:
    """The rows of SQLAlchemy's queries, by name, as `ask_together`; for queries that a module keeps."""
    compiled = [_compiled(query, connection.dialect) for query, _ in queries]
    questions = [(text, given) for (text, _), (_, given) in zip(compiled, queries, strict=True)]
    answers = ask_together(connection, questions)
    return [[row(*values) for values in found] for (_, row), found in zip(compiled, answers, strict=True)]


def ask_and_commit(connection: Connection, questions: Sequence[Statement]) -> list[list[Any]]:
    """The same as a transaction of its own, in one round trip; only outside `Database.begin`."""
    return _ask(connection, [*questions, _COMMIT])[:-1]


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
    if waiting.opening is not None:
        settle_opening(connection)
    driver = driver_connection(connection)
    statements = waiting.statements
    try:
        if driver.info.transaction_status is TransactionStatus.INERROR:
            # A commit would be answered as if all were well, and write nothing.
            raise InFailedSqlTransaction("an earlier statement of this transaction failed")
        if not (statements or waiting.notifications):
            return
        notifications = [(_NOTIFY, notification) for notification in waiting.notifications]
        done, failed = exchange(driver, [*statements, _COMMIT, *notifications])
        if failed and len(done) <= len(statements):
            raise failed
    except psycopg.Error as error:
        raise _translated(error, connection, statements) from error
    if failed:
        log.warning("notification after commit failed", cause=str(failed))


def send_before_reading(engine: Engine) -> None:
    """Let whatever SQLAlchemy executes on the engine see the writes that wait."""

    @event.listens_for(engine, "before_cursor_execute")
    def send(connection: Connection, *_: object) -> None:
        waiting = _waiting_of(connection)
        if waiting is not None and (waiting.opening or waiting.statements):
            ask_together(connection, ())


def driver_connection(connection: Connection) -> PatientConnection:
    """The psycopg connection beneath, inside the same transaction."""
    return cast(PatientConnection, connection.connection.driver_connection)


def _waiting_of(connection: Connection) -> _Waiting | None:
    waiting: _Waiting | None = connection.get_execution_options().get(_WAITING)
    return waiting


def _ask_opening(connection: Connection, opening: Opening, *more: Statement) -> list[list[Any]]:
    """Ask it and tell what it found; the rows of what is asked besides."""
    first = opening.committed_first
    committed = [*first, _COMMIT_AND_CHAIN] if first else []
    rows = _ask(connection, [*committed, *opening.questions, *more])
    del rows[len(first) : len(committed)]
    own = len(rows) - len(more)
    opening.answered(rows[:own])
    return rows[own:]


def _ask(connection: Connection, statements: Sequence[Sendable]) -> list[list[Any]]:
    if not statements:
        return []
    try:
        rows, failed = exchange(driver_connection(connection), statements)
        if failed:
            raise failed
    except psycopg.Error as error:
        raise _translated(error, connection, statements) from error
    return rows


def _translated(
    error: psycopg.Error, connection: Connection, statements: Sequence[Sendable]
) -> BaseException:
    """psycopg's errors as those of SQLAlchemy, which callers know; a useless connection leaves the pool."""
    is_gone = driver_connection(connection).closed or is_read_only(error)
    if is_gone:
        # Whoever ended this session may have ended those that rest in the pool too: they are replaced,
        # as SQLAlchemy does it. To dispose of the pool would leave those in use (session locks) unclosed.
        connection.engine.pool._invalidate(connection.connection, error)
        connection.invalidate(error)
    told = "; ".join(statement for statement, _ in statements)
    return DBAPIError.instance(
        told,
        None,
        error,
        psycopg.Error,
        hide_parameters=True,
        connection_invalidated=is_gone,
        dialect=connection.dialect,
    )


@cache
def _compiled(query: Select[Any], dialect: Dialect) -> tuple[LiteralString, Callable[..., Any]]:
    """What the driver is given, and what its rows become; the types in use need nothing of SQLAlchemy."""
    names = list(query.selected_columns.keys())
    row = namedtuple("row", names)  # type: ignore[misc]
    return str(query.compile(dialect=dialect)), row
