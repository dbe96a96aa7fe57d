"""How long a process waits for its database: the server gives up first, and a silent server is given up.

A server that is stopped, or behind a network that swallows everything, keeps no deadline of its own: so
each wait for an answer ends a second after the server should have ended it, and with it the connection.
"""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from typing import Any, TypeVar

import psycopg
from psycopg import errors
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict

SILENCE_BEYOND_SECONDS = 1.0
_FOREVER_SECONDS = 1e9

# A peer that vanished is found within 45 s while the connection rests, within 30 s while it is asked.
NOTICE_VANISHED_PEER: dict[str, Any] = {
    "keepalives_idle": 30,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}

Found = TypeVar("Found")


class DatabaseSilent(psycopg.OperationalError):
    """The server did not answer in time; the connection is closed, and a commit may have been done."""


@dataclass(frozen=True, kw_only=True)
class DatabaseTimeouts:
    """0 means no limit. ``pool_seconds`` is the wait for a free connection of the process's own."""

    statement_seconds: float = 600.0
    lock_seconds: float = 60.0
    idle_in_transaction_seconds: float = 600.0
    connect_seconds: int = 5
    pool_seconds: float = 10.0

    @property
    def silence_seconds(self) -> float | None:
        return self.statement_seconds + SILENCE_BEYOND_SECONDS if self.statement_seconds else None

    def connection_arguments(self, url: str) -> dict[str, Any]:
        """What libpq is told; options that the URL sets itself come last and count."""
        limits = {
            "statement_timeout": self.statement_seconds,
            "lock_timeout": self.lock_seconds,
            "idle_in_transaction_session_timeout": self.idle_in_transaction_seconds,
        }
        options = [f"-c {name}={round(seconds * 1000)}" for name, seconds in limits.items()]
        own = str(conninfo_to_dict(url).get("options") or "")
        return {
            "connect_timeout": self.connect_seconds,
            "options": " ".join([*options, own]).strip(),
            **NOTICE_VANISHED_PEER,
        }


# Requests are short, and nobody waits for long; background work may take its time. What a person or a
# program starts by hand (`command`) has the most.
TIMEOUTS_OF: dict[str, DatabaseTimeouts] = {
    "web": DatabaseTimeouts(
        statement_seconds=4, lock_seconds=2, idle_in_transaction_seconds=15, connect_seconds=3, pool_seconds=3
    ),
    "relay": DatabaseTimeouts(statement_seconds=15, lock_seconds=10, idle_in_transaction_seconds=30),
    "consumer": DatabaseTimeouts(statement_seconds=30, lock_seconds=10, idle_in_transaction_seconds=60),
    "worker": DatabaseTimeouts(statement_seconds=30, lock_seconds=10, idle_in_transaction_seconds=60),
    "command": DatabaseTimeouts(),
}


class PatientConnection(psycopg.Connection[Any]):
    """A connection whose every wait for an answer ends."""

    silence_seconds: float | None = None

    def wait(self, gen: PQGen[Found], interval: float = 0.1, timeout: float | None = None) -> Found:
        if timeout is not None or self.silence_seconds is None:
            return super().wait(gen, interval, timeout)
        try:
            return super().wait(gen, interval, self.silence_seconds)
        except errors._WaitTimeout:
            self.pgconn.finish()
            raise _silent(self.silence_seconds) from None


class PatientAsyncConnection(psycopg.AsyncConnection[Any]):
    """The same for asyncio; waiting for notifications is no wait for an answer."""

    silence_seconds: float | None = None

    async def wait(self, gen: PQGen[Found], interval: float = 0.1, timeout: float | None = None) -> Found:
        if timeout is not None or self.silence_seconds is None:
            return await super().wait(gen, interval, timeout)
        try:
            return await super().wait(gen, interval, self.silence_seconds)
        except errors._WaitTimeout:
            self.pgconn.finish()
            raise _silent(self.silence_seconds) from None

    async def notifies(
        self, *, timeout: float | None = None, stop_after: int | None = None
    ) -> AsyncGenerator[psycopg.Notify, None]:
        wait = _FOREVER_SECONDS if timeout is None else timeout
        async for notification in super().notifies(timeout=wait, stop_after=stop_after):
            yield notification


def connect(url: str, timeouts: DatabaseTimeouts, **options: Any) -> PatientConnection:
    """Open a connection. Raises psycopg.OperationalError, at the latest after ``connect_seconds``."""
    arguments = {**timeouts.connection_arguments(url), **options}
    connection = PatientConnection.connect(url, **arguments)
    connection.silence_seconds = timeouts.silence_seconds
    return connection


def patient_async_connection(timeouts: DatabaseTimeouts) -> type[PatientAsyncConnection]:
    """The class that a pool opens its connections with."""
    members = {"silence_seconds": timeouts.silence_seconds}
    return type("PatientAsyncConnection", (PatientAsyncConnection,), members)


def _silent(seconds: float) -> DatabaseSilent:
    return DatabaseSilent(f"the database did not answer within {seconds:g} s")
