"""Locks by name that end with the session of the database: PostgreSQL's advisory locks.

What they guard, and what not, says `chassis.database.outside_calls`.
"""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from chassis.database.patient_connections import is_dead
from chassis.database.round_trips import driver_connection

_HOLD = text(
    "SELECT coalesce(bool_and(pg_try_advisory_lock(hashtextextended(name, 0))), true)"
    " FROM unnest(CAST(:names AS text[])) AS name"
)
_LET_GO = text("SELECT pg_advisory_unlock_all()")


class SessionLocks:
    """Implements `Locks`; each hold keeps one connection of the engine, without a transaction."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def try_hold(self, name: str) -> Iterator["SessionHold | None"]:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            hold = SessionHold(connection)
            try:
                yield hold if hold.try_also([name]) else None
            finally:
                hold.let_go()


class SessionHold:
    """Implements `Hold`: all locks of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def is_lost(self) -> bool:
        return self._connection.invalidated or is_dead(driver_connection(self._connection))

    def try_also(self, names: Collection[str]) -> bool:
        """Whether all are held; what was not free leaves the others held until all are let go."""
        return bool(self._connection.scalar(_HOLD, {"names": list(names)}))

    def let_go(self) -> None:
        """Unlock; a connection that broke holds no lock any more, which is no failure of what was done."""
        if self._connection.invalidated:
            return
        try:
            self._connection.execute(_LET_GO)
        except DBAPIError:
            self._connection.invalidate()
