"""Locks by name on a real PostgreSQL: one holder each, gone with their connection, and no failure then."""

import gc
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from tests.integration.chassis.broker_readings import until
from tests.integration.chassis.conftest import Rows

from chassis.database import session_locks
from chassis.database.round_trips import write_later
from chassis.database.session_locks import SessionLocks
from chassis.service import Service


@pytest.fixture
def locks(service: Service) -> SessionLocks:
    return SessionLocks(service.database.engine)


def can_hold(locks: SessionLocks, name: str, *others: str) -> bool:
    """Whether somebody else could hold these now."""

    def try_it() -> bool:
        with locks.try_hold(name) as hold:
            return hold is not None and hold.try_also(others)

    with ThreadPoolExecutor(1) as thread:
        return thread.submit(try_it).result()


def test_only_one_holds_a_name(locks: SessionLocks) -> None:
    with locks.try_hold("one") as hold:
        assert hold
        assert not can_hold(locks, "one")
        assert can_hold(locks, "other")
    assert can_hold(locks, "one")


def test_more_names_are_held_all_or_in_vain(locks: SessionLocks) -> None:
    with locks.try_hold("first") as hold:
        assert hold
        assert hold.try_also(["ana"])
        assert hold.try_also([])
        assert not can_hold(locks, "second", "ana", "ben")
        assert can_hold(locks, "second", "ben"), "what was held of a vain attempt was let go"
    assert can_hold(locks, "second", "ana", "ben")


def test_a_session_that_ends_frees_its_names_and_tells_its_holder(
    service: Service, locks: SessionLocks
) -> None:
    with locks.try_hold("one") as hold:
        assert hold
        assert not hold.is_lost
        end_sessions_with_locks(service)
        assert hold.is_lost
        assert can_hold(locks, "one")
    assert can_hold(locks, "one"), "leaving the block is no failure, and no broken connection is left"


def test_names_that_cannot_be_let_go_end_with_their_session(
    locks: SessionLocks, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody else would get them for as long as it rests in the pool."""
    monkeypatch.setattr(session_locks, "_LET_GO", text("SELECT 1 / 0"))
    with locks.try_hold("one") as hold:
        assert hold
    its = "database = (SELECT oid FROM pg_database WHERE datname = current_database())"
    until(lambda: rows(f"SELECT FROM pg_locks WHERE locktype = 'advisory' AND {its}") == [])


def test_the_failure_to_hold_more_is_what_is_raised(service: Service, locks: SessionLocks) -> None:
    with pytest.raises(OperationalError, match="terminating connection"):
        hold_more_on_a_broken_connection(service, locks)
    assert can_hold(locks, "one", "two")


def hold_more_on_a_broken_connection(service: Service, locks: SessionLocks) -> None:
    with locks.try_hold("one") as hold:
        assert hold
        end_sessions_with_locks(service)
        hold.try_also(["two"])


def test_a_transaction_that_breaks_leaves_the_lock_and_its_connection_in_order(
    service: Service, locks: SessionLocks
) -> None:
    """A connection that nobody closes would be a ResourceWarning, which fails a test."""
    with locks.try_hold("one") as hold:
        assert hold
        with pytest.raises(OperationalError):
            write_on_a_broken_connection(service)
        assert not hold.is_lost
        assert not can_hold(locks, "one")
    assert can_hold(locks, "one")
    service.database.dispose()
    gc.collect()


def write_on_a_broken_connection(service: Service) -> None:
    with service.database.begin() as work:
        session = work.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        with service.database.begin() as other:
            other.connection.exec_driver_sql("SELECT pg_terminate_backend(%s, 10000)", (session,))
        write_later(work.connection, "SELECT %s", (1,))


def end_sessions_with_locks(service: Service) -> None:
    with service.database.begin() as work:
        work.connection.exec_driver_sql(
            "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks JOIN pg_stat_activity USING (pid)"
            " WHERE locktype = 'advisory' AND datname = current_database()"
        )
