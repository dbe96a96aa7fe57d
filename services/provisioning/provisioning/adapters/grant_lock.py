"""The lock on a grant: a session advisory lock, which dies with its process or connection."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError

_NAMESPACE = "grant:"


class AdvisoryGrantLock:
    """Implements the port `GrantLock`; holds one connection, without a transaction, while it is held."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def try_hold(self, grant_id: UUID) -> Iterator[bool]:
        key = func.hashtextextended(f"{_NAMESPACE}{grant_id}", 0)
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            is_held = bool(connection.scalar(select(func.pg_try_advisory_lock(key))))
            try:
                yield is_held
            finally:
                if is_held:
                    self._let_go(connection, key)

    @staticmethod
    def _let_go(connection: Connection, key: ColumnElement[int]) -> None:
        """Unlock; a connection that broke holds no lock any more and is not given back to the pool."""
        try:
            connection.execute(select(func.pg_advisory_unlock(key)))
        except DBAPIError:
            connection.invalidate()
