"""Bring a service's database to its newest revision, beside services that run."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from psycopg.errors import LockNotAvailable
from sqlalchemy import Connection, Engine, NullPool, create_engine
from sqlalchemy.exc import OperationalError

from chassis.database.urls import driver_url, sqlalchemy_url
from chassis.settings.database_timeouts import DatabaseTimeouts

log = structlog.stdlib.get_logger(__name__)

# An advisory lock that nothing else uses; relays lock in a class of their own.
MIGRATION_LOCK = 7_218_001
# An ALTER TABLE waits for running transactions and blocks all later ones, so it times out soon, lets them
# pass, and tries again.
LOCK_TIMEOUT_SECONDS = 2.0
PATIENCE_SECONDS = 300.0
PAUSE_SECONDS = 1.0
# An index may take hours, while the session that holds the lock is idle.
_UNLIMITED = DatabaseTimeouts(statement_seconds=0, lock_seconds=0, idle_in_transaction_seconds=0)
# Alembic's env.py is the same for all services.
ENVIRONMENT = Path(__file__).parent


class WrongEncoding(RuntimeError):
    """The database cannot hold what people write; the message says how to make one that can."""


def migrate(
    database_url: str, folder: Path, revision: str = "head", *, patience_seconds: float = PATIENCE_SECONDS
) -> None:
    """Apply what is missing, each revision in a transaction, under an advisory lock; harmless when repeated.

    Raises OperationalError when a table stays locked, or another migration goes on, for longer than
    ``patience_seconds``; WrongEncoding.
    """
    engine = create_engine(
        sqlalchemy_url(database_url),
        poolclass=NullPool,
        connect_args={
            "application_name": "gangway-migrate",
            **_UNLIMITED.connection_arguments(driver_url(database_url)),
        },
    )
    deadline = time.monotonic() + patience_seconds
    with _alone(engine, deadline) as connection:
        _refuse_other_encodings(connection)
        while True:
            try:
                _upgrade(engine, folder, revision)
                return
            except OperationalError as error:
                if not isinstance(error.orig, LockNotAvailable) or time.monotonic() > deadline:
                    raise
                log.warning("table in use, migration retried", cause=str(error.orig).strip())
                time.sleep(PAUSE_SECONDS)


def _upgrade(engine: Engine, folder: Path, revision: str) -> None:
    with engine.connect() as connection:
        connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT_SECONDS:g}s'")
        connection.commit()
        config = Config()
        for option, path in (("script_location", ENVIRONMENT), ("version_locations", folder / "versions")):
            config.set_main_option(option, str(path).replace("%", "%%"))
        config.set_main_option("path_separator", "newline")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


@contextmanager
def _alone(engine: Engine, deadline: float) -> Iterator[Connection]:
    """One migration at a time. Asked for again and again: a statement that waits would hold a snapshot, and
    an index that is built concurrently waits for all of those.
    """
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not _take_lock(connection):
            if time.monotonic() > deadline:
                raise OperationalError("", None, TimeoutError("another migration is still running"))
            time.sleep(0.2)
        yield connection


def _refuse_other_encodings(connection: Connection) -> None:
    """Before there is any data: later it would be found with the first name that the encoding lacks."""
    encoding = connection.exec_driver_sql("SHOW server_encoding").scalar_one()
    if encoding != "UTF8":
        raise WrongEncoding(
            f"the database has the encoding {encoding}, and names come in all scripts: "
            "make it with ENCODING 'UTF8' TEMPLATE template0"
        )


def _take_lock(connection: Connection) -> bool:
    query = "SELECT pg_try_advisory_lock(%s)"
    return bool(connection.exec_driver_sql(query, (MIGRATION_LOCK,)).scalar_one())
