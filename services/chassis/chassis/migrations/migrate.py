"""Bring a service's database to its newest revision."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import NullPool, create_engine

from chassis.database import sqlalchemy_url

# Any number that nobody else uses for an advisory lock; relays use a class of their own.
MIGRATION_LOCK = 7_218_001


def migrate(database_url: str, folder: Path, revision: str = "head") -> None:
    """Apply what is missing, in one transaction, under an advisory lock; harmless when repeated."""
    engine = create_engine(sqlalchemy_url(database_url), poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(%s)", (MIGRATION_LOCK,))
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
