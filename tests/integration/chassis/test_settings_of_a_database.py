"""What an administrator set for a database or a role: what we rest on stays, and read-only is met."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection
from sqlalchemy.exc import InternalError
from structlog.testing import capture_logs
from tests.integration.chassis.conftest import PACKAGES

from chassis import clock
from chassis.database.migrations.migrate import migrate
from chassis.database.outages import is_unavailable
from chassis.database.pool import Database, DatabaseReadOnly
from chassis.database.round_trips import write_later
from chassis.database.urls import driver_url
from chassis.messaging.outbox import Outbox
from chassis.settings.database_timeouts import TIMEOUTS_OF

ADD = "INSERT INTO things VALUES ('one')"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url, events=Outbox(type_prefix="test", source="/test"))
    with database.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE things (name text)")
    database.dispose()
    yield database
    database.dispose()


def set_for_new_sessions(database: Database, setting: str) -> None:
    """As for a role: every new session has it, those that are open keep what they have."""
    name = database.engine.url.database
    writes = "-c default_transaction_read_only=off"
    with psycopg.connect(driver_url(database.url), autocommit=True, options=writes) as connection:
        connection.execute(f"ALTER DATABASE {name} SET {setting}")


OTHERS = {
    "default_transaction_isolation": "serializable",
    "idle_session_timeout": "3s",
    "statement_timeout": "50ms",
    "lock_timeout": "20ms",
    "idle_in_transaction_session_timeout": "30ms",
    "DateStyle": "German",
    "IntervalStyle": "iso_8601",
}


@pytest.mark.parametrize("process", TIMEOUTS_OF)
def test_what_we_rest_on_is_as_ever(database: Database, process: str) -> None:
    for name, value in OTHERS.items():
        set_for_new_sessions(database, f"{name} = '{value}'")
    url = driver_url(database.url)
    with psycopg.connect(url, **TIMEOUTS_OF[process].connection_arguments(url)) as connection:
        found = {name: connection.info.parameter_status(name) or shown(connection, name) for name in OTHERS}
    assert found.pop("DateStyle").startswith("ISO")
    assert found.pop("IntervalStyle") == "postgres"
    assert found.pop("default_transaction_isolation") == "read committed"
    assert found.pop("idle_session_timeout") == "0"
    assert not found.items() & OTHERS.items()


def shown(connection: psycopg.Connection[Any], name: str) -> str:
    return str(connection.execute(f"SHOW {name}").fetchone()[0])  # type: ignore[index]


def test_what_stands_in_the_address_counts_before_ours(database_url: str) -> None:
    url = driver_url(f"{database_url}?options=-c%20idle_session_timeout%3D1h")
    with psycopg.connect(url, **TIMEOUTS_OF["web"].connection_arguments(url)) as connection:
        assert connection.execute("SHOW idle_session_timeout").fetchone() == ("1h",)


def test_a_migration_takes_its_time(database: Database) -> None:
    for name in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
        set_for_new_sessions(database, f"{name} = '1ms'")
    migrate(database.url, PACKAGES / "tallies" / "migrations")


@pytest.mark.parametrize(
    "write",
    [
        lambda connection: write_later(connection, ADD, ()),
        lambda connection: connection.exec_driver_sql(ADD),
    ],
    ids=["at the commit", "at once"],
)
def test_a_session_that_only_reads_is_given_up(
    database: Database, write: Callable[[Connection], object]
) -> None:
    """Others take writes by then: after a failover it may be a session on the wrong server for good."""
    set_for_new_sessions(database, "default_transaction_read_only = on")
    database.ping()
    with pytest.raises(DatabaseReadOnly):
        database.ping_for_writing()
    with pytest.raises(InternalError) as refused, database.begin() as work:
        write(work.connection)
    assert is_unavailable(refused.value)
    set_for_new_sessions(database, "default_transaction_read_only = off")
    with database.begin() as work:
        write(work.connection)
    database.ping_for_writing()


@pytest.mark.parametrize("hours", [-2, 2])
def test_a_clock_that_is_not_the_databases_is_told(
    database: Database, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=hours)
    for ping in (database.ping, database.ping_for_writing):
        with capture_logs() as lines:
            ping()
            assert lines == []
            with monkeypatch.context() as patched:
                patched.setattr(clock, "now", lambda: ahead)
                ping()
        [line] = lines
        assert abs(line["ahead_seconds"] - hours * 3600) < 60
