"""Migrations beside services that run: others hold locks and write, some are cut, several start at a time."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from chassis.database.migrations import migrate
from chassis.database.migrations.migrate import MIGRATION_LOCK
from chassis.database.outages import describe
from local_stack.postgres import LocalPostgres

FIRST = """
from alembic import op
revision = "0001"
down_revision = None
def upgrade():
    op.execute("CREATE TABLE letters (id bigint, is_open boolean NOT NULL DEFAULT true)")
"""
COLUMN = """
from alembic import op
revision = "0002"
down_revision = "0001"
def upgrade():
    op.execute("ALTER TABLE letters ADD COLUMN sent_at timestamptz")
"""
INDEX = """
from alembic import op
from chassis.database.migrations import create_index_concurrently
revision = "0002"
down_revision = "0001"
def upgrade():
    op.execute("DELETE FROM letters WHERE id = 0")
    create_index_concurrently(op, "letters_by_id", "letters (id) WHERE is_open", unique=True)
"""


@pytest.fixture
def folder(tmp_path: Path, database_url: str) -> Path:
    """Migrations of a service whose first revision is applied."""
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "0001.py").write_text(FIRST)
    migrate(database_url, tmp_path)
    return tmp_path


@contextmanager
def session(url: str, statement: str) -> Iterator[psycopg.Connection]:
    """Another session with an open transaction."""
    with psycopg.connect(url) as connection:
        connection.execute(statement)
        yield connection


def ask(url: str, query: str) -> object:
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    return row and row[0]


def test_a_table_in_use_is_waited_for_without_holding_up_others(database_url: str, folder: Path) -> None:
    (folder / "versions" / "0002.py").write_text(COLUMN)
    with (
        session(database_url, "SELECT count(*) FROM letters") as reader,
        ThreadPoolExecutor(1) as threads,
    ):
        migrating = threads.submit(migrate, database_url, folder)
        time.sleep(0.5)  # it waits for the reader now
        assert ask(database_url, "SELECT count(*) FROM letters") == 0  # stands still if it waits behind us
        time.sleep(3.0)  # longer than a lock is waited for
        assert not migrating.done()
        reader.rollback()
        migrating.result(timeout=30)
    assert ask(database_url, "SELECT version_num FROM alembic_version") == "0002"


def test_a_table_that_stays_locked_is_told(database_url: str, folder: Path) -> None:
    (folder / "versions" / "0002.py").write_text(COLUMN)
    with (
        session(database_url, "SELECT count(*) FROM letters"),
        pytest.raises(OperationalError, match="lock timeout"),
    ):
        migrate(database_url, folder, patience_seconds=1)  # the session of the first may still be ending
    assert ask(database_url, "SELECT version_num FROM alembic_version") == "0001"


def test_who_gives_up_waiting_for_another_migration_says_so(database_url: str, folder: Path) -> None:
    with (
        session(database_url, f"SELECT pg_advisory_lock({MIGRATION_LOCK})"),
        pytest.raises(OperationalError) as told,
    ):
        migrate(database_url, folder, patience_seconds=0)
    assert describe(told.value) == "another migration is still running"


def test_an_index_is_built_while_others_write(database_url: str, folder: Path) -> None:
    (folder / "versions" / "0002.py").write_text(INDEX)
    with (
        session(database_url, "INSERT INTO letters VALUES (1)") as writer,
        ThreadPoolExecutor(2) as threads,
    ):
        # Two at a time, as two replicas do it: the one that waits must not be waited for.
        migrating = [threads.submit(migrate, database_url, folder) for _ in range(2)]
        time.sleep(3.0)  # longer than a lock is waited for
        ask(database_url, "INSERT INTO letters VALUES (2) RETURNING id")  # stands still if it waits behind us
        assert not any(each.done() for each in migrating)
        writer.commit()
        for each in migrating:
            each.result(timeout=30)
    assert ask(database_url, "SELECT indisvalid FROM pg_index WHERE indexrelid = 'letters_by_id'::regclass")
    assert ask(database_url, "SELECT count(*) FROM letters") == 2


def test_an_index_that_a_cut_left_invalid_is_built_anew(database_url: str, folder: Path) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("INSERT INTO letters VALUES (7), (7)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.execute("CREATE UNIQUE INDEX CONCURRENTLY letters_by_id ON letters (id)")
        (folder / "versions" / "0002.py").write_text(INDEX)
        with pytest.raises(IntegrityError):
            migrate(database_url, folder)
        assert ask(database_url, "SELECT version_num FROM alembic_version") == "0001"
        connection.execute("UPDATE letters SET is_open = false WHERE ctid = '(0,1)'")
    migrate(database_url, folder)
    migrate(database_url, folder)
    query = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'letters_by_id'::regclass"
    assert ask(database_url, query)
    definition = ask(database_url, "SELECT pg_get_indexdef('letters_by_id'::regclass)")
    assert "WHERE is_open" in str(definition)


def test_many_at_a_time_apply_each_revision_once(database_url: str, folder: Path) -> None:
    (folder / "versions" / "0002.py").write_text(COLUMN)
    together = threading.Barrier(4)

    def start() -> None:
        together.wait(10)
        migrate(database_url, folder)

    with ThreadPoolExecutor(4) as threads:
        for each in [threads.submit(start) for _ in range(4)]:
            each.result(timeout=60)
    assert ask(database_url, "SELECT version_num FROM alembic_version") == "0002"


def test_a_database_that_cannot_hold_every_name_is_refused(
    postgres: LocalPostgres, tally_environ: dict[str, str]
) -> None:
    name = f"latin_{uuid4().hex[:8]}"
    create = f"CREATE DATABASE {name} OWNER tests ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute(create)
    environ = tally_environ | {"DATABASE_URL": postgres.url(name, "tests", "tests")}
    try:
        told = _refused_migration(environ)
    finally:
        postgres.drop_database(name)
    assert "the database has the encoding LATIN1" in told


def test_a_migration_without_a_database_says_so_in_one_sentence(tally_environ: dict[str, str]) -> None:
    url = tally_environ["DATABASE_URL"].replace("tests:tests", "tests:wrong")
    told = _refused_migration(tally_environ | {"DATABASE_URL": url})
    assert told.startswith("Error: ")
    assert told.endswith("look at DATABASE_URL\n")


def _refused_migration(environ: dict[str, str]) -> str:
    command = [sys.executable, "-m", "tallies", "migrate"]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr
