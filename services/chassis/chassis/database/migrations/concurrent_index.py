"""Indexes on tables that may be large are built while the services go on writing."""

from contextlib import AbstractContextManager
from typing import Protocol

from sqlalchemy import Connection

from chassis.database.migrations.migrate import LOCK_TIMEOUT_SECONDS

_IS_INVALID = """
SELECT NOT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)
"""


class MigrationContext(Protocol):
    """The part of Alembic's context that is needed here."""

    def autocommit_block(self) -> AbstractContextManager[None]: ...


class Operations(Protocol):
    """The part of ``alembic.op`` that is needed here."""

    def get_bind(self) -> Connection: ...
    def get_context(self) -> MigrationContext: ...


def create_index_concurrently(op: Operations, name: str, on: str, *, unique: bool = False) -> None:
    """``create_index_concurrently(op, "letters_by_age", "letters (written_at) WHERE is_open")``

    Harmless when repeated: what a cut left half-built is dropped and rebuilt. Commits what the revision
    did before, so that comes after everything else, or is repeatable as well.
    """
    kind = "UNIQUE INDEX" if unique else "INDEX"
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        # It waits for open transactions, and blocks no other session.
        connection.exec_driver_sql("SET lock_timeout = 0")
        if connection.exec_driver_sql(_IS_INVALID, (name,)).scalar():
            connection.exec_driver_sql(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
        connection.exec_driver_sql(f"CREATE {kind} CONCURRENTLY IF NOT EXISTS {name} ON {on}")
        connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT_SECONDS:g}s'")
