"""The lock on a grant and its people: session advisory locks, which die with their process or connection."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from uuid import UUID

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

_HOLD = text(
    "SELECT coalesce(bool_and(pg_try_advisory_lock(hashtextextended(name, 0))), true)"
    " FROM unnest(CAST(:names AS text[])) AS name"
)
_LET_GO = text("SELECT pg_advisory_unlock_all()")


class AdvisoryGrantLock:
    """Implements the port `GrantLock`; holds one connection, without a transaction, while it is held."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextmanager
    def try_hold(self, grant_id: UUID) -> Iterator["AdvisoryHold | None"]:
        with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            hold = AdvisoryHold(connection)
            try:
                yield hold if hold.try_names([f"grant:{grant_id}"]) else None
            finally:
                hold.let_go()


class AdvisoryHold:
    """Implements the port `HeldGrant`: all locks of one connection."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def try_hold_people(self, product: str, person_ids: Collection[UUID]) -> bool:
        return self.try_names([f"person:{product}:{one}" for one in person_ids])

    def try_names(self, names: list[str]) -> bool:
        """Whether all are held; what was not free leaves the others held until all are let go."""
        return bool(self._connection.scalar(_HOLD, {"names": names}))

    def let_go(self) -> None:
        """Unlock; a connection that broke holds no lock any more and is not given back to the pool."""
        try:
            self._connection.execute(_LET_GO)
        except DBAPIError:
            self._connection.invalidate()
