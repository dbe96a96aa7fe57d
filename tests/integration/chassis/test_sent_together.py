"""Statements that go to PostgreSQL in one packet; an upgrade of psycopg that changes how shows here."""

from collections.abc import Iterator
from contextlib import suppress
from typing import LiteralString

import psycopg
import pytest
from psycopg.errors import DivisionByZero
from psycopg.pq import TransactionStatus

from chassis.database.psycopg_internals import sent_together
from chassis.database.urls import driver_url

Connection = psycopg.Connection[tuple[object, ...]]


def send(connection: Connection, *statements: LiteralString) -> None:
    with sent_together(connection):
        for statement in statements:
            connection.execute(statement)


@pytest.fixture
def connection(database_url: str) -> Iterator[Connection]:
    with psycopg.connect(driver_url(database_url)) as opened:
        yield opened


def test_nothing_of_an_open_transaction_is_sent_before_the_end(
    connection: Connection, database_url: str
) -> None:
    connection.execute("SELECT 1")
    with psycopg.connect(driver_url(database_url), autocommit=True) as other:
        with sent_together(connection):
            locked = connection.execute("SELECT pg_try_advisory_xact_lock(7)")
            took_it_first = other.execute("SELECT pg_try_advisory_lock(7)").fetchone()
        assert took_it_first == (True,)
        assert locked.fetchone() == (False,)


def test_a_transaction_is_opened_once(connection: Connection) -> None:
    warnings: list[str | None] = []
    connection.add_notice_handler(lambda notice: warnings.append(notice.message_primary))
    with sent_together(connection):
        cursors = [connection.execute("SELECT %s::int", (number,)) for number in range(3)]
    assert [cursor.fetchone() for cursor in cursors] == [(0,), (1,), (2,)]
    assert connection.info.transaction_status is TransactionStatus.INTRANS
    assert warnings == []


def test_statements_are_prepared_as_ever(connection: Connection) -> None:
    for _ in range(3):
        with sent_together(connection):
            for number in range(4):
                connection.execute("SELECT %s::int + 1", (number,))
    prepared = connection.execute("SELECT count(*) FROM pg_prepared_statements").fetchone()
    assert prepared == (1,)


def test_an_error_is_raised_at_the_end_and_what_came_after_it_is_not_done(connection: Connection) -> None:
    connection.execute("CREATE TEMPORARY TABLE things (number int) ON COMMIT PRESERVE ROWS")
    connection.commit()
    with pytest.raises(DivisionByZero):
        send(connection, "INSERT INTO things VALUES (1)", "SELECT 1 / 0", "COMMIT")
    connection.rollback()
    assert connection.execute("SELECT count(*) FROM things").fetchone() == (0,)


def test_an_exception_within_leaves_a_usable_connection(connection: Connection) -> None:
    with suppress(KeyError), sent_together(connection):
        connection.execute("SELECT 1")
        connection.execute("SELECT 2")
        raise KeyError
    assert connection.execute("SELECT 3").fetchone() == (3,)
