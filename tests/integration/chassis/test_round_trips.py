"""Writes that wait for the commit, and questions asked together."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from typing import Any, LiteralString

import psycopg
import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError, InternalError, OperationalError, ProgrammingError

from chassis.database.pool import Database
from chassis.database.round_trips import (
    Opening,
    ask_together,
    ask_with_opening,
    driver_connection,
    notify_after_commit,
    open_with,
    settle_opening,
    write_later,
)
from chassis.database.urls import driver_url
from chassis.messaging.outbox import Outbox
from local_stack.postgres import LocalPostgres

ADD = "INSERT INTO things VALUES (%s)"
ALL = "SELECT name FROM things ORDER BY name"


class Stopped(Exception):
    """What a test ends a transaction by."""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url, events=Outbox(type_prefix="test", source="/test"), pool_size=1)
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE things (name text PRIMARY KEY)")
    yield database
    database.dispose()


def write(
    database: Database,
    *names: str,
    meanwhile: Callable[[], None] = lambda: None,
    notify: LiteralString | None = None,
) -> None:
    with database.begin() as work:
        if notify:
            notify_after_commit(work.connection, notify)
        for name in names:
            write_later(work.connection, ADD, (name,))
        meanwhile()


def names(database: Database) -> list[str]:
    with psycopg.connect(driver_url(database.url)) as connection:
        return [row[0] for row in connection.execute(ALL)]


def test_what_waits_is_committed_in_its_order(database: Database) -> None:
    with database.begin() as work:
        write_later(work.connection, ADD, ("a",))
        write_later(work.connection, "UPDATE things SET name = name || %(more)s", {"more": "b"})
        assert names(database) == []
    assert names(database) == ["ab"]
    database.dispose()


def test_a_query_sees_what_waits(database: Database) -> None:
    with database.begin() as work:
        write_later(work.connection, ADD, ("a",))
        assert work.connection.exec_driver_sql(ALL).scalars().all() == ["a"]
        write_later(work.connection, ADD, ("b",))
        assert ask_together(work.connection, [("SELECT 1", ()), (ALL, ())]) == [[(1,)], [("a",), ("b",)]]
    assert names(database) == ["a", "b"]
    database.dispose()


def test_one_that_fails_takes_all_with_it(database: Database) -> None:
    with pytest.raises(IntegrityError):
        write(database, "a", "a", "b")
    write(database, "c")
    assert names(database) == ["c"]
    database.dispose()


def test_a_failed_transaction_writes_nothing(database: Database) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write(database, "a", meanwhile=fail)
    write(database, "b")
    assert names(database) == ["b"]
    database.dispose()


def test_a_question_that_fails_is_told_as_by_sqlalchemy(database: Database) -> None:
    with pytest.raises(IntegrityError), database.begin() as work:
        ask_together(work.connection, [(ALL, ()), ("INSERT INTO things VALUES (NULL) RETURNING name", ())])
    assert names(database) == []
    database.dispose()


def test_a_value_that_cannot_be_sent_takes_no_write_with_it(database: Database) -> None:
    with database.begin() as work:
        write_later(work.connection, ADD, ("first",))
        with pytest.raises(DataError):
            ask_together(work.connection, [("SELECT %s::text", ("\x00",))])
        write_later(work.connection, ADD, ("second",))
    assert names(database) == ["first", "second"]


def test_a_write_that_cannot_be_sent_is_not_forgotten(database: Database) -> None:
    def look_all_the_same() -> None:
        with database.begin() as work:
            for name in ("first", "\x00"):
                write_later(work.connection, ADD, (name,))
            with suppress(DataError):
                work.connection.exec_driver_sql(ALL)

    with pytest.raises(DataError):
        look_all_the_same()
    assert names(database) == []


def test_who_listens_is_woken_once_after_the_commit(database: Database) -> None:
    def heard(seconds: float) -> list[str]:
        return [note.channel for note in listener.notifies(timeout=seconds, stop_after=1)]

    with database.connect() as listener:
        listener.execute("LISTEN things")
        with database.begin() as work:
            for name in ("a", "b"):
                write_later(work.connection, ADD, (name,))
                notify_after_commit(work.connection, "things")
            work.connection.exec_driver_sql("SELECT")
            assert heard(0) == []
        assert heard(20) == ["things"]
        with pytest.raises(IntegrityError):
            write(database, "c", "c", notify="things")
        write(database, notify="things")
        assert heard(20) == ["things"]
        assert heard(0) == []
    database.dispose()


def test_outside_of_a_unit_of_work_it_is_written_at_once(database: Database) -> None:
    with database.engine.begin() as connection:
        write_later(connection, ADD, ("a",))
    assert names(database) == ["a"]
    database.dispose()


def test_a_session_that_ends_meanwhile_is_replaced(database: Database, postgres_sessions: "Sessions") -> None:
    with pytest.raises(OperationalError):
        write(database, "a", meanwhile=lambda: postgres_sessions.end(database))
    write(database, "b")
    assert names(database) == ["b"]
    database.dispose()


def test_one_broken_session_has_all_that_rest_replaced(database_url: str) -> None:
    """After a failover each of them is dead, and nothing tells so before it is used."""
    database = Database(database_url, events=Outbox(type_prefix="test", source="/test"), pool_size=3)

    def sessions() -> set[int]:
        with ExitStack() as stack:
            connections = [stack.enter_context(database.engine.connect()) for _ in range(3)]
            return {driver_connection(connection).info.backend_pid for connection in connections}

    before = sessions()
    with pytest.raises(OperationalError), database.begin() as work:  # noqa: PT012
        driver_connection(work.connection).pgconn.finish()
        ask_together(work.connection, [("SELECT 1", ())])
    assert len(sessions() - before) == 3
    database.dispose()


def test_a_transaction_that_failed_is_not_told_as_committed(database: Database) -> None:
    def swallow() -> None:
        with suppress(ProgrammingError):
            work.connection.exec_driver_sql("SELECT nothing")

    for is_written in (True, False):
        with pytest.raises(InternalError), database.begin() as work:  # noqa: PT012
            swallow()
            if is_written:
                notify_after_commit(work.connection, "things")
    database.dispose()


def test_a_session_that_ended_while_it_rested_is_not_handed_out(
    database: Database, postgres_sessions: "Sessions"
) -> None:
    database.ping()
    postgres_sessions.end(database)
    database.ping()
    database.dispose()


class Sessions:
    """What an administrator of the server does to the sessions of a database."""

    def __init__(self, administrator_url: str) -> None:
        self._url = administrator_url

    def end(self, database: Database) -> None:
        """End all of them, and wait until they are gone."""
        name = database.engine.url.database
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", (name,)
            )


@pytest.fixture
def postgres_sessions(postgres: LocalPostgres) -> Sessions:
    return Sessions(postgres.url())


def test_an_opening_goes_with_the_first_question_that_takes_it_along(database: Database) -> None:
    found: list[list[list[Any]]] = []
    counted = ("INSERT INTO things VALUES ('counted') RETURNING name", ())
    opening = Opening([("SELECT 1", ())], found.append, committed_first=[counted])
    with suppress(Stopped), database.begin() as work:
        open_with(work.connection, opening)
        assert found == []
        assert ask_with_opening(work.connection, (ALL, ())) == [("counted",)]
        assert found == [[[("counted",)], [(1,)]]]
        write_later(work.connection, ADD, ("undone",))
        raise Stopped
    assert names(database) == ["counted"]
    database.dispose()


@pytest.mark.parametrize(
    "then",
    [
        lambda connection: None,  # the commit
        lambda connection: ask_with_opening(connection, ("SELECT 1", ())),
        lambda connection: ask_together(connection, [("SELECT 1", ())]),
        lambda connection: connection.exec_driver_sql(ALL),
        settle_opening,
    ],
)
def test_what_an_opening_says_comes_before_everything_else(
    database: Database, then: Callable[[Connection], object]
) -> None:
    def refuse(_: list[list[Any]]) -> None:
        raise Stopped

    def work_on() -> None:
        with database.begin() as work:
            open_with(work.connection, Opening([("SELECT 1", ())], refuse))
            write_later(work.connection, "INSERT INTO nowhere VALUES (1)", ())
            then(work.connection)

    with pytest.raises(Stopped):
        work_on()
    assert names(database) == []
    database.dispose()
