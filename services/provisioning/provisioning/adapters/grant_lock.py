"""The lock on a grant: a session advisory lock, which dies with its process or connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from psycopg.errors import LockNotAvailable
from sqlalchemy import ColumnElement, Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError, OperationalError

_NAMESPACE = "grant:"


class AdvisoryGrantLock:
    """Implements the port `GrantLock`; holds one connection, without a transaction, while it is held.

    Waits up to ``wait_ms`` for another holder: the job of the next step may come while that of the last
    one, which has just committed it, still lets go.
    """

    def __init__(self, engine: Engine, wait_ms: int = 200) -> None:
        self._engine = engine
        self._wait_ms = wait_ms

    @contextmanager
    def try_hold(self, grant_id: UUID) -> Iterator[bool]:
        key = func.hashtextextended(f"{_NAMESPACE}{grant_id}", 0)
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            is_held = self._try(connection, key) or self._wait(connection, key)
            try:
                yield is_held
            finally:
                if is_held:
                    self._let_go(connection, key)

    @staticmethod
    def _try(connection: Connection, key: ColumnElement[int]) -> bool:
        return bool(connection.scalar(select(func.pg_try_advisory_lock(key))))

    def _wait(self, connection: Connection, key: ColumnElement[int]) -> bool:
        connection.execute(select(func.set_config("lock_timeout", f"{self._wait_ms}ms", False)))
        try:
            connection.execute(select(func.pg_advisory_lock(key)))
        except OperationalError as error:
            if not isinstance(error.orig, LockNotAvailable):
                raise
            return False
        return True

    @staticmethod
    def _let_go(connection: Connection, key: ColumnElement[int]) -> None:
        """Unlock; a connection that broke holds no lock any more and is not given back to the pool."""
        try:
            connection.execute(select(func.pg_advisory_unlock(key)))
        except DBAPIError:
            connection.invalidate()
