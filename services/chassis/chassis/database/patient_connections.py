"""Connections whose every wait ends: a server that keeps silent is given up.

A server that is stopped, or behind a network that swallows everything, keeps no deadline of its own: so
each wait for an answer ends a second after the server should have ended it, and with it the connection.
"""

import select
from collections.abc import AsyncGenerator
from functools import cached_property
from typing import Any, TypeVar

import psycopg
from psycopg import abc, errors
from psycopg.abc import PQGen
from psycopg.adapt import Transformer

from chassis.settings.database_timeouts import DatabaseTimeouts

_FOREVER_SECONDS = 1e9
# psycopg wakes up so often during a wait, for who would interrupt it; asyncio needs no such thing, and who
# listens for notifications waits most of the time.
_WAKING_SECONDS = 60.0

Found = TypeVar("Found")


class DatabaseSilent(psycopg.OperationalError):
    """The server did not answer in time; the connection is closed, and a commit may have been done."""


class PatientConnection(psycopg.Connection[Any]):
    """A connection whose every wait for an answer ends."""

    silence_seconds: float | None = None

    @cached_property
    def transformer(self) -> abc.Transformer:
        """Writes and reads values for as long as the connection lives: it looks for each type's way once."""
        return Transformer(self)

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
            return await super().wait(gen, _WAKING_SECONDS, timeout)
        try:
            return await super().wait(gen, _WAKING_SECONDS, self.silence_seconds)
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


def is_dead(connection: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> bool:
    """Whether an idle connection has become unusable, without asking the server.

    A server that closes one sends a message or hangs up: either makes it readable.
    """
    if connection.closed:
        return True
    readable = select.poll()
    readable.register(connection.fileno(), select.POLLIN)
    return bool(readable.poll(0))


async def refuse_dead(connection: psycopg.AsyncConnection[Any]) -> None:
    """The check of a pool; psycopg's own asks the server each time. Raises psycopg.OperationalError.

    Closes what it refuses: the pool takes back, and hands out again, what does not know that it is dead.
    """
    if is_dead(connection):
        await connection.close()
        raise psycopg.OperationalError("the server hung up")


def _silent(seconds: float) -> DatabaseSilent:
    return DatabaseSilent(f"the database did not answer within {seconds:g} s")
