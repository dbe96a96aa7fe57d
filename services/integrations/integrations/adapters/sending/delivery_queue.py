"""The deliveries of the database, as one sender takes and notes them; for one event loop."""

import json
from collections.abc import AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from time import monotonic
from typing import Any, NamedTuple
from uuid import UUID

from chassis.database.patient_connections import PatientAsyncConnection, patient_async_connection
from chassis.database.urls import driver_url
from chassis.frozen import Frozen
from chassis.settings.database_timeouts import DatabaseTimeouts
from integrations.adapters.repositories.endpoints import CHANGED_CHANNEL
from integrations.adapters.repositories.events import DUE_CHANNEL, FORGOTTEN_CHANNEL
from integrations.adapters.sending import claims
from integrations.adapters.sending.ownership import Beat, Ownership
from integrations.domain.deliveries import REFUSES_ONE_EVENT

FIRST_LANE = UUID(int=0)
# What is put before what was taken, by who began earlier and committed later, is found after that.
FROM_THE_START_AFTER_SECONDS = 1.0
_FROM_THE_START = ("-infinity", 0)
# A crash of the server itself may forget the last moment of claims and notes: then those deliveries are due,
# and sent again under the same id, which may happen at any time. So no claim waits for a disk.
_NEED_NOT_LAST = "-c synchronous_commit=off"
# Every statement touches a few rows of tables with millions. The planner cannot know how few: it would
# rather read all that waits, for each claim.
_BY_INDEX = "-c enable_seqscan=off -c enable_hashjoin=off -c enable_mergejoin=off"
SENDER_OPTIONS = f"{_NEED_NOT_LAST} {_BY_INDEX}"


class SendingEndpoint(NamedTuple):
    """An endpoint that is sent something. Secrets are kind, encrypted key, and when they end (since 1970)."""

    id: UUID
    url: str
    is_ordered: bool
    body: str
    concurrency: int
    rate_per_second: int | None
    held_seconds: float
    secrets: tuple[tuple[str, bytes, float | None], ...]
    gets_tests_alone: bool = False


class Claimed(NamedTuple):
    """A delivery that is ours until ``lease_ends_at`` of the monotonic clock."""

    endpoint_id: UUID
    position: int
    claim: int
    tries: int
    attempts: int
    event_id: UUID
    partner_id: UUID
    attributes: str
    data: str
    is_permitted: bool
    lease_ends_at: float


class Note(Frozen):
    """What came of a claimed delivery at this address; without an outcome it was given back untried."""

    claimed: Claimed
    state: str
    url: str = ""
    wait: timedelta = timedelta()
    outcome: str | None = None
    status: int | None = None
    answer: str = ""
    at: datetime | None = None
    seconds: float = 0.0
    hold: timedelta = timedelta()
    is_gone: bool = False

    @property
    def is_attempt(self) -> bool:
        return self.at is not None

    @property
    def blames_endpoint(self) -> bool:
        """Whether it failed for a reason that other events may meet too."""
        return self.status not in REFUSES_ONE_EVENT


class DeliveryQueue:
    """Takes and notes; what raises psycopg.Error may be done again, on a new connection."""

    def __init__(
        self,
        url: str,
        timeouts: DatabaseTimeouts,
        ownership: Ownership,
        *,
        disable_after: timedelta,
        lease: timedelta,
    ) -> None:
        self._ownership = ownership
        self._url = driver_url(url)
        self._timeouts = timeouts
        self._class = patient_async_connection(timeouts)
        self._disable_after_seconds = disable_after.total_seconds()
        self.lease_seconds = lease.total_seconds()
        self._lease: dict[str, Any] = {
            "lease_seconds": self.lease_seconds,
            "run_length": claims.RUN_LENGTH,
            "sender_id": ownership.id,
        }
        self._connections: dict[str, PatientAsyncConnection] = {}
        self._behind: dict[UUID, tuple[str, int]] = {}
        self._from_the_start_at = 0.0

    async def beat(self) -> Beat:
        """A sign of life; from `silence_seconds` after it was sent, others may take what is ours."""
        async with self._connection("owning") as connection:
            return await self._ownership.beat(connection)

    @property
    def silence_seconds(self) -> float:
        return self._ownership.silence.total_seconds()

    async def give_up(self, endpoint_ids: Collection[UUID]) -> None:
        async with self._connection("owning") as connection:
            await self._ownership.give_up(connection, endpoint_ids)

    async def leave(self) -> None:
        async with self._connection("owning") as connection:
            await self._ownership.leave(connection)

    async def endpoints(self) -> list[SendingEndpoint]:
        """All of ours that are sent something."""
        async with self._connection("claims") as connection:
            rows = await (await connection.execute(claims.ENDPOINTS, self._lease)).fetchall()
        return [_endpoint(row) for row in rows]

    async def claim(self, rooms: Mapping[UUID, int], *, tests_alone: bool = False) -> list[Claimed]:
        """Up to so many that are due for each endpoint, those due first."""
        if tests_alone:
            values = {"ids": list(rooms), "rooms": list(rooms.values())}
            return [claimed for claimed, _ in await self._claim(claims.CLAIM_TESTS, values)]
        if monotonic() >= self._from_the_start_at:
            self.begin_anew()
            self._from_the_start_at = monotonic() + FROM_THE_START_AFTER_SECONDS
        found, short = await self._claim_behind(rooms)
        if short:
            found += (await self._claim_behind(short))[0]
        return found

    def begin_anew(self) -> None:
        """Something was put before all others; what is being claimed now does not count."""
        self._behind = {}

    async def _claim_behind(self, rooms: Mapping[UUID, int]) -> tuple[list[Claimed], dict[UUID, int]]:
        """Behind what was taken before; besides, how many more to look for from the start."""
        places = self._behind
        behind = [places.get(one, _FROM_THE_START) for one in rooms]
        times, positions = zip(*behind, strict=True)
        values = {"ids": list(rooms), "rooms": list(rooms.values())}
        values |= {"times": list(times), "positions": list(positions)}
        found = await self._claim(claims.CLAIM_AS_THEY_COME, values)
        taken: dict[UUID, list[tuple[datetime, int]]] = {one: [] for one in rooms}
        for claimed, due_at in found:
            taken[claimed.endpoint_id].append((due_at, claimed.position))
        short = {}
        for (one, room), began in zip(rooms.items(), behind, strict=True):
            if len(taken[one]) == room:
                due_at, position = max(taken[one])
                places[one] = (due_at.isoformat(), position)
            elif began != _FROM_THE_START:
                del places[one]
                short[one] = room - len(taken[one])
        return [claimed for claimed, _ in found], short

    async def _claim(self, statement: str, values: Mapping[str, Any]) -> list[tuple[Claimed, datetime]]:
        """What was taken, with when it was due."""
        ends_at = monotonic() + self.lease_seconds
        async with self._connection("claims") as connection:
            rows = await (await connection.execute(statement, {**self._lease, **values})).fetchall()
        return [(Claimed._make((*row[:-1], ends_at)), row[-1]) for row in rows]

    async def claim_in_order(
        self, rooms: Mapping[UUID, tuple[int, UUID]]
    ) -> tuple[list[Claimed], dict[UUID, UUID]]:
        """Runs of so many partners for each endpoint, from behind the one that is named.

        Also return behind which one to go on; at the end that is `FIRST_LANE`.
        """
        ends_at = monotonic() + self.lease_seconds
        async with self._connection("claims") as connection, connection.transaction():
            locked = await (
                await connection.execute(claims.LOCK_ORDERED, self._lease | {"ids": list(rooms)})
            ).fetchall()
            ids = [row[0] for row in locked]
            if not ids:
                return [], {}
            values = {
                "ids": ids,
                "rooms": [rooms[one][0] for one in ids],
                "after": [rooms[one][1] for one in ids],
                "lanes_per_look": claims.LANES_PER_LOOK,
            }
            lanes = await (await connection.execute(claims.LANES, values)).fetchall()
            due = [(endpoint_id, partner_id) for endpoint_id, partner_id, is_due, _ in lanes if is_due]
            values = self._lease | {"ids": [one for one, _ in due], "partners": [one for _, one in due]}
            rows = await (await connection.execute(claims.CLAIM_IN_ORDER, values)).fetchall() if due else []
        found = [Claimed._make((*row[:-1], ends_at)) for row in rows]
        return found, {one: _goes_on(lanes, one, rooms[one][0]) for one in ids}

    async def note(self, notes: Sequence[Note]) -> set[UUID]:
        """Write them down, all or none; return the endpoints that are disabled by them."""
        values = {
            "noted": json.dumps([_note(note) for note in notes]),
            "endpoints": json.dumps(_of_endpoints(notes)),
            "disable_after_seconds": self._disable_after_seconds,
            "most_attempts": claims.MOST_ATTEMPTS,
        }
        async with self._connection("notes") as connection:
            rows = await (await connection.execute(claims.NOTE, values)).fetchall()
        return {row[0] for row in rows}

    async def listen(self) -> AsyncIterator[tuple[str, str]]:
        """Channel and content of each notification, and empty ones as soon as it listens."""
        async with self._connection("listening") as connection:
            for channel in (DUE_CHANNEL, CHANGED_CHANNEL, FORGOTTEN_CHANNEL):
                await connection.execute(f"LISTEN {channel}")
            yield "", ""
            async for notification in connection.notifies():
                yield notification.channel, notification.payload

    async def close(self) -> None:
        for connection in self._connections.values():
            await connection.close()
        self._connections.clear()

    @asynccontextmanager
    async def _connection(self, purpose: str) -> AsyncIterator[PatientAsyncConnection]:
        """One connection for each purpose; one that failed is replaced at the next use."""
        connection = self._connections.get(purpose)
        if connection is None or connection.closed:
            arguments: dict[str, Any] = self._timeouts.connection_arguments(self._url)
            arguments["options"] += f" {SENDER_OPTIONS}"
            arguments["application_name"] = f"integrations-sender-{purpose}"
            connection = await self._class.connect(self._url, autocommit=True, **arguments)
            connection.silence_seconds = self._timeouts.silence_seconds
            self._connections[purpose] = connection
        try:
            yield connection
        except BaseException:
            self._connections.pop(purpose, None)
            await connection.close()
            raise


def _endpoint(row: Sequence[Any]) -> SendingEndpoint:
    *plain, secrets, gets_tests_alone = row
    keys = tuple((kind, key.encode(), expires_at) for kind, key, expires_at in secrets)
    return SendingEndpoint._make((*plain, keys, gets_tests_alone))


def _goes_on(lanes: Sequence[Any], endpoint_id: UUID, room: int) -> UUID:
    """Behind the last lane that was looked at, unless there are no more."""
    its = [(partner_id, place) for one, partner_id, _, place in lanes if one == endpoint_id]
    if its and (len(its) >= room or its[-1][1] >= claims.LANES_PER_LOOK):
        return its[-1][0]  # type: ignore[no-any-return]
    return FIRST_LANE


def _note(note: Note) -> dict[str, Any]:
    claimed, is_attempt = note.claimed, note.is_attempt
    return {
        "endpoint_id": str(claimed.endpoint_id),
        "position": claimed.position,
        "claim": claimed.claim,
        "state": note.state,
        "wait": note.wait.total_seconds(),
        "is_attempt": is_attempt,
        "tries": claimed.tries + is_attempt,
        "number": claimed.attempts + is_attempt,
        "at": note.at and note.at.isoformat(),
        "duration_ms": round(note.seconds * 1000),
        "outcome": note.outcome,
        "status": note.status,
        "answer": note.answer,
    }


def _of_endpoints(notes: Iterable[Note]) -> list[dict[str, Any]]:
    """What the attempts say about each endpoint: a success outweighs the failures beside it."""
    found: dict[tuple[UUID, str], dict[str, Any]] = {}
    for note in notes:
        if note.is_attempt:
            place = {"id": str(note.claimed.endpoint_id), "url": note.url}
            told = found.setdefault(
                (note.claimed.endpoint_id, note.url),
                {**place, "has_success": False, "is_gone": False, "hold": 0.0},
            )
            told["has_success"] |= note.state == "delivered"
            told["is_gone"] |= note.is_gone
            told["hold"] = max(told["hold"], note.hold.total_seconds())
    return list(found.values())
