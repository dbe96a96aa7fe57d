"""Sendables that go to PostgreSQL in one packet; an upgrade of psycopg that changes how shows here."""

from collections.abc import Generator, Iterator, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, LiteralString
from uuid import UUID

import psycopg
import pytest
from psycopg.errors import DivisionByZero, SyntaxError, UndefinedFunction, UniqueViolation
from psycopg.pq import TransactionStatus

from chassis.database.patient_connections import DatabaseSilent, PatientConnection, connect
from chassis.database.psycopg_internals import Sendable, exchange
from chassis.database.urls import driver_url
from chassis.settings.database_timeouts import DatabaseTimeouts

NUMBER: LiteralString = "SELECT %s::int + 1"


class Colour(StrEnum):
    """A word that is more than a string."""

    RED = "red"


def ask(connection: PatientConnection, *statements: Sendable) -> list[list[Any]]:
    rows, error = exchange(connection, statements)
    assert error is None
    return rows


def prepared(connection: PatientConnection) -> Sequence[str]:
    found = connection.execute("SELECT statement FROM pg_prepared_statements", prepare=False).fetchall()
    return [str(statement) for (statement,) in found]


@pytest.fixture
def connection(database_url: str) -> Iterator[PatientConnection]:
    with connect(driver_url(database_url), DatabaseTimeouts()) as opened:
        yield opened


def test_rows_are_those_of_a_cursor(connection: PatientConnection) -> None:
    values = {
        "id": UUID(int=7),
        "at": datetime(2026, 1, 2, tzinfo=UTC),
        "word": Colour.RED,
        "words": ["a", None, 'quoted "b"'],
        "bytes": b"\x00\xff",
        "nothing": None,
    }
    text: LiteralString = """
        SELECT %(id)s::uuid, %(at)s::timestamptz, %(word)s::text, %(words)s::text[], %(bytes)s::bytea,
               %(nothing)s::int, '{"a": [1]}'::jsonb, 5, 1.5, true, 'a%%b'
    """
    given: list[Sendable] = [
        (text, values),
        ("SELECT 1 WHERE false", ()),
        ("SELECT %s::int", (2,)),
        (text, values),
    ]
    found = [connection.execute(*statement).fetchall() for statement in given]
    for _ in range(4):
        assert ask(connection, *given) == found
    assert prepared(connection)


def test_a_transaction_is_opened_once(connection: PatientConnection) -> None:
    warnings: list[str | None] = []
    connection.add_notice_handler(lambda notice: warnings.append(notice.message_primary))
    for _ in range(2):
        ask(connection, ("SELECT 1", None))
    assert connection.info.transaction_status is TransactionStatus.INTRANS
    assert warnings == []


def test_none_is_opened_where_each_statement_is_one(database_url: str) -> None:
    with connect(driver_url(database_url), DatabaseTimeouts(), autocommit=True) as connection:
        ask(connection, ("SELECT 1", None))
        assert connection.info.transaction_status is TransactionStatus.IDLE


def test_what_comes_after_a_commit_is_no_part_of_it(connection: PatientConnection) -> None:
    rows, error = exchange(connection, [(NUMBER, (1,)), ("COMMIT", None), ("SELECT 1 / 0", ())])
    assert rows == [[(2,)], []]
    assert isinstance(error, DivisionByZero)
    assert connection.info.transaction_status is TransactionStatus.IDLE


def test_what_its_own_commit_refuses_is_told(connection: PatientConnection) -> None:
    connection.execute("CREATE TEMPORARY TABLE things (number int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    connection.execute("INSERT INTO things VALUES (1)")
    again: Sendable = ("INSERT INTO things VALUES (1)", None)
    rows, error = exchange(connection, [(NUMBER, (1,)), ("COMMIT", None), again])
    assert rows == [[(2,)], [], []]
    assert isinstance(error, UniqueViolation)
    assert ask(connection, (NUMBER, (2,))) == [[(3,)]]


def test_what_comes_often_is_prepared_once(connection: PatientConnection) -> None:
    for _ in range(3):
        ask(connection, *[(NUMBER, (number,)) for number in range(4)], ("SELECT 1", None))
    assert prepared(connection) == ["SELECT $1::int + 1"]
    connection.execute(NUMBER, (1,))
    assert len(prepared(connection)) == 1


def test_a_rollback_forgets_what_was_prepared(connection: PatientConnection) -> None:
    for _ in range(7):
        ask(connection, (NUMBER, (1,)))
    connection.rollback()
    assert prepared(connection) == []
    assert ask(connection, (NUMBER, (1,))) == [[(2,)]]


def test_no_more_is_kept_prepared_than_the_library_keeps(connection: PatientConnection) -> None:
    connection.prepare_threshold = 0
    connection.prepared_max = 3
    for number in range(8):
        ask(connection, (f"SELECT %s::int + {number}", (1,)))
    assert len(prepared(connection)) == 3


def test_the_first_error_is_told_and_nothing_after_it_is_done(connection: PatientConnection) -> None:
    connection.execute("CREATE TEMPORARY TABLE things (number int) ON COMMIT PRESERVE ROWS")
    connection.commit()
    given: list[Sendable] = [("INSERT INTO things VALUES (1)", ()), ("SELECT 1 / 0", ()), ("COMMIT", None)]
    rows, error = exchange(connection, given)
    assert rows == [[]]
    assert isinstance(error, DivisionByZero)
    connection.rollback()
    assert connection.execute("SELECT count(*) FROM things").fetchone() == (0,)


@pytest.mark.parametrize(
    ("text", "kind"), [("SELECT FROM WHERE %s", SyntaxError), ("SELECT no_such(%s::int)", UndefinedFunction)]
)
def test_what_cannot_be_prepared_is_told(
    connection: PatientConnection, text: LiteralString, kind: type[psycopg.Error]
) -> None:
    connection.prepare_threshold = 0
    rows, error = exchange(connection, [(NUMBER, (1,)), (text, (1,)), (NUMBER, (1,))])
    assert rows == [[(2,)]]
    assert isinstance(error, kind)
    connection.rollback()
    assert ask(connection, (NUMBER, (1,))) == [[(2,)]]


def test_what_an_error_kept_from_being_prepared_is_prepared_later(database_url: str) -> None:
    with connect(driver_url(database_url), DatabaseTimeouts(), autocommit=True) as connection:
        for _ in range(connection.prepare_threshold or 0):
            ask(connection, (NUMBER, (1,)))
        _, error = exchange(connection, [("SELECT 1 / 0", ()), (NUMBER, (1,))])
        assert isinstance(error, DivisionByZero)
        for _ in range(7):
            assert ask(connection, (NUMBER, (1,))) == [[(2,)]]
        assert prepared(connection) == ["SELECT $1::int + 1"]


def test_notifications_go_on_after_a_commit_that_failed(connection: PatientConnection) -> None:
    """A commit that is refused leaves no transaction to roll back, which would forget what was prepared."""
    connection.execute("CREATE TEMPORARY TABLE ones (one int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    connection.commit()
    doubled: Sendable = ("INSERT INTO ones VALUES (1), (1)", None)
    notify: Sendable = ("SELECT pg_notify(%s, '')", ("anything",))
    for _ in range(connection.prepare_threshold or 0):
        ask(connection, ("COMMIT", None), notify)
    rows, error = exchange(connection, [doubled, ("COMMIT", None), notify])
    assert rows == [[]]
    assert isinstance(error, UniqueViolation)
    ask(connection, ("COMMIT", None), notify)


@pytest.mark.parametrize(
    "wrong", [("SELECT %s", (object(),)), ("SELECT %s, %s", (1,)), ("SELECT %(a)s", {"b": 1})]
)
def test_wrong_parameters_are_told_before_anything_is_sent(
    connection: PatientConnection, wrong: Sendable
) -> None:
    with pytest.raises(psycopg.ProgrammingError):
        exchange(connection, [("SELECT pg_advisory_lock(7)", ()), wrong])
    assert connection.info.transaction_status is TransactionStatus.IDLE
    assert ask(connection, (NUMBER, (1,))) == [[(2,)]]


def test_more_than_the_sockets_hold_goes_both_ways(connection: PatientConnection) -> None:
    long = "x" * 3_000_000
    sizes = [len(row[0][0]) for row in ask(connection, *[("SELECT %s::text", (long,))] * 5)]
    assert sizes == [len(long)] * 5


def test_a_connection_that_breaks_is_closed(connection: PatientConnection, database_url: str) -> None:
    ask(connection, ("SELECT 1", None))
    with psycopg.connect(driver_url(database_url), autocommit=True) as other:
        other.execute("SELECT pg_terminate_backend(%s, 10000)", (connection.info.backend_pid,))
    rows, error = exchange(connection, [("SELECT 1", None), ("COMMIT", None)])
    assert rows == []
    assert isinstance(error, psycopg.OperationalError)
    assert connection.closed


def test_what_was_done_before_a_connection_breaks_is_known(connection: PatientConnection) -> None:
    ending: LiteralString = "SELECT pg_terminate_backend(pg_backend_pid())"
    rows, error = exchange(connection, [(NUMBER, (1,)), ("COMMIT", None), (ending, None), (NUMBER, (1,))])
    assert rows[:2] == [[(2,)], []]
    assert isinstance(error, psycopg.OperationalError)
    assert connection.closed


def test_a_server_that_keeps_silent_is_given_up(connection: PatientConnection) -> None:
    connection.silence_seconds = 0.2
    rows, error = exchange(connection, [(NUMBER, (1,)), ("SELECT pg_sleep(60)", None)])
    assert rows == []
    assert isinstance(error, DatabaseSilent)
    assert connection.closed


def test_one_that_is_left_in_the_middle_is_closed(
    connection: PatientConnection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(conversation: Generator[Any, Any, None]) -> None:
        next(conversation)
        raise KeyboardInterrupt

    monkeypatch.setattr(connection, "wait", stop)
    with pytest.raises(KeyboardInterrupt):
        exchange(connection, [("SELECT pg_sleep(60)", None)])
    assert connection.closed
