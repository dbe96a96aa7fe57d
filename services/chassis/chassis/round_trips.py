"""Fewer round trips to the database: writes that nobody waits for, and questions asked together.

    write_later(connection, "INSERT INTO links (id) VALUES (%(id)s)", {"id": link.id})
    locked, found = ask_together(connection, [("SELECT pg_try_advisory_xact_lock(%s)", (7,)), (FIND, values)])

What is written later is sent, in its order and together with the commit, at the end of the transaction
that `Database.begin` opened; or before, when something else is executed on the connection, so that a
query always sees what was written. An error of such a statement is raised by whoever makes it go.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, LiteralString, cast

import psycopg
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError

Parameters = Mapping[str, Any] | Sequence[Any]
Statement = tuple[LiteralString, Parameters]
_WAITING = "chassis_writes_waiting"


def write_later(connection: Connection, statement: LiteralString, parameters: Parameters) -> None:
    """Have a statement without an answer executed before the commit; at once outside `Database.begin`."""
    waiting = connection.get_execution_options().get(_WAITING)
    if waiting is None:
        connection.exec_driver_sql(statement, _as_given(parameters))
    else:
        waiting.append((statement, parameters))


def ask_together(connection: Connection, questions: Sequence[Statement]) -> list[list[Any]]:
    """The rows of each query, all in one round trip; in their order, each sees what the former did."""
    _send_waiting(connection)
    driver = driver_connection(connection)
    with _translated_errors(connection, questions), driver.pipeline():
        cursors = [driver.execute(statement, parameters) for statement, parameters in questions]
        return [cursor.fetchall() for cursor in cursors]


def hold_writes(connection: Connection) -> None:
    """From now on writes of this transaction wait, until `commit_writes`; a rollback forgets them."""
    connection.execution_options(**{_WAITING: []})


def commit_writes(connection: Connection) -> None:
    """Send what waits and commit, in one round trip. Raises as SQLAlchemy does; then nothing is committed.

    Without waiting writes the commit is left to SQLAlchemy, which finds a committed transaction harmless.
    """
    _send_waiting(connection, and_commit=True)


def send_before_reading(engine: Engine) -> None:
    """Let whatever SQLAlchemy executes on the engine see the writes that wait."""

    @event.listens_for(engine, "before_cursor_execute")
    def send(connection: Connection, *_: object) -> None:
        _send_waiting(connection)


def driver_connection(connection: Connection) -> psycopg.Connection[tuple[Any, ...]]:
    """The psycopg connection beneath, inside the same transaction."""
    return cast("psycopg.Connection[tuple[Any, ...]]", connection.connection.driver_connection)


def _send_waiting(connection: Connection, *, and_commit: bool = False) -> None:
    waiting: list[Statement] | None = connection.get_execution_options().get(_WAITING)
    if not waiting:
        return
    statements = list(waiting)
    waiting.clear()
    driver = driver_connection(connection)
    with _translated_errors(connection, statements), driver.pipeline():
        for statement, parameters in statements:
            driver.execute(statement, parameters)
        if and_commit:
            driver.commit()


@contextmanager
def _translated_errors(connection: Connection, statements: Sequence[Statement]) -> Iterator[None]:
    """psycopg's errors as those of SQLAlchemy, which callers know; a dead connection leaves the pool."""
    try:
        yield
    except psycopg.Error as error:
        is_gone = driver_connection(connection).closed
        if is_gone:
            connection.invalidate(error)
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
