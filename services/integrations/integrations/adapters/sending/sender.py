"""The sender: takes what is due, has each endpoint's share send it, notes what came of it, in batches."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from datetime import timedelta
from random import random, sample
from time import monotonic, time
from typing import Any
from uuid import UUID

import psycopg
import structlog
from prometheus_client import Counter, Histogram

from chassis import clock, failpoints
from chassis.database.outages import describe
from chassis.telemetry import heartbeat
from integrations.adapters.repositories.endpoints import CHANGED_CHANNEL
from integrations.adapters.repositories.events import DUE_CHANNEL, FORGOTTEN_CHANNEL
from integrations.adapters.sending.delivery_queue import Claimed, DeliveryQueue, Note, SendingEndpoint
from integrations.adapters.sending.endpoint_share import EndpointShare
from integrations.adapters.sending.webhook_client import WebhookClient
from integrations.adapters.sending.webhook_requests import request_of
from integrations.adapters.signing_secrets import SecretUnreadable, SigningSecrets
from integrations.domain.deliveries import Answer, State, verdict_on
from integrations.domain.retry_schedule import RetrySchedule

ATTEMPTS = Counter(
    "gangway_webhook_attempts", "Attempts to deliver a webhook, by what came of them", ["outcome"]
)
SECONDS = Histogram("gangway_webhook_attempt_seconds", "How long an attempt took")

# However quiet it is: a notification may get lost, and a lease may have ended.
LOOK_AFTER_SECONDS = 5.0
READ_ENDPOINTS_AFTER_SECONDS = 30.0
GATHER_SECONDS = 0.004
MOST_NOTES = 500
# Notes that cannot be written wait, and nothing more is claimed.
MOST_UNWRITTEN = 4_000
RESTART_SECONDS = 1.0
BEATS_IN_SILENCE = 5
FINISH_WITHIN_SECONDS = 7.0
# A lease has to outlast the attempt that begins under it, by this share of the attempt.
SPARE = 1 / 3
# Claimed and not begun, for all endpoints together: it stays in memory, and has to be sent under its lease.
MOST_AHEAD_IN_ALL = 4_000

_log = structlog.stdlib.get_logger(__name__)


class Sender:
    """Runs in one event loop until it is stopped."""

    def __init__(
        self,
        queue: DeliveryQueue,
        client: WebhookClient,
        signing: SigningSecrets,
        schedule: RetrySchedule,
        timeout_seconds: float,
    ) -> None:
        self._queue = queue
        self._client = client
        self._signing = signing
        self._schedule = schedule
        self._needs_seconds = timeout_seconds * (1 + SPARE)
        self._shares: dict[UUID, EndpointShare] = {}
        self._notes: list[Note] = []
        self._hungry: set[UUID] = set()
        self._woken = asyncio.Event()
        self._has_notes = asyncio.Event()
        self._must_read_endpoints = True
        self._ours_until = 0.0
        self._to_beat = asyncio.Event()
        self._to_give_up: set[UUID] = set()
        self._is_leaving = False
        self._times_forgotten = 0
        self._is_outage_told = False

    async def run(self, stopped: asyncio.Event) -> None:
        """Send until stopped; what is on its way then may end, what was not begun is given back."""
        tasks = [
            asyncio.create_task(self._survive(loop))
            for loop in (self._own, self._take_on, self._write_notes, self._hear, self._look_now_and_then)
        ]
        stopping = asyncio.create_task(stopped.wait())
        await asyncio.wait([stopping, *tasks], return_when=asyncio.FIRST_COMPLETED)
        self._is_leaving = True
        failed = next((task for task in tasks if task.done()), None)
        if failed is None:
            await self._finish()
        await _end([stopping, *tasks])
        if failed is None:
            await self._leave()
        if failed is not None:
            failed.result()

    def _wake(self, endpoint_id: UUID) -> None:
        self._hungry.add(endpoint_id)
        self._woken.set()

    async def _survive(self, loop: Callable[[], Awaitable[None]]) -> None:
        """Go on after an outage of the database, told once for all; a fault of ours ends the process."""
        while not self._is_leaving:
            try:
                await loop()
            except (psycopg.Error, OSError) as error:
                if not self._is_outage_told:
                    self._is_outage_told = True
                    _log.warning("sender waits for its database", cause=describe(error))
                await asyncio.sleep(RESTART_SECONDS)

    def _is_ours(self) -> bool:
        """Whether nobody else may have our endpoints by now."""
        return monotonic() < self._ours_until

    async def _own(self) -> None:
        silence = self._queue.silence_seconds
        while not self._is_leaving:
            self._to_beat.clear()
            said_at = monotonic()
            beat = await self._queue.beat()
            self._is_outage_told = False
            if beat.is_new:
                self._to_give_up.clear()
                self._close_all()
            was_ours, self._ours_until = self._is_ours(), said_at + silence
            if beat.is_new or beat.taken or not was_ours:
                self._must_read_endpoints = True
                self._look_at_all()
            await self._give_up(beat.surplus)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._to_beat.wait(), silence / BEATS_IN_SILENCE)

    async def _give_up(self, surplus: int) -> None:
        """Close so many, and leave them to others once nothing of them is on its way."""
        more = surplus - len(self._to_give_up)
        if more > 0:
            open_ones = [one for one, share in self._shares.items() if not share.is_closed]
            self._to_give_up.update(sample(open_ones, min(more, len(open_ones))))
        for endpoint_id in self._to_give_up:
            self._close(endpoint_id)
        if idle := self._to_give_up - self._shares.keys():
            await self._queue.give_up(idle)
            self._to_give_up -= idle

    async def _take_on(self) -> None:
        self._must_read_endpoints = True
        while not self._is_leaving:
            self._woken.clear()
            if self._must_read_endpoints:
                self._must_read_endpoints = False
                await self._read_endpoints()
            if len(self._notes) < MOST_UNWRITTEN and self._is_ours():
                await self._claim()
            await self._woken.wait()

    async def _read_endpoints(self) -> None:
        try:
            found = {endpoint.id: endpoint for endpoint in await self._queue.endpoints()}
        except BaseException:
            self._must_read_endpoints = True
            raise
        for gone in self._shares.keys() - found.keys():
            self._close(gone)
        for endpoint_id, endpoint in found.items():
            if endpoint_id in self._to_give_up:
                continue
            if endpoint_id in self._shares:
                self._shares[endpoint_id].change(endpoint)
            else:
                self._shares[endpoint_id] = self._new_share(endpoint)
            self._shares[endpoint_id].look()

    def _new_share(self, endpoint: SendingEndpoint) -> EndpointShare:
        return EndpointShare(
            endpoint,
            self._attempt,
            self._note,
            self._wake,
            needs_seconds=self._needs_seconds,
            lease_seconds=self._queue.lease_seconds,
            fair_share=lambda: MOST_AHEAD_IN_ALL // max(len(self._shares), 1),
            may_begin=self._is_ours,
        )

    def _close(self, endpoint_id: UUID) -> None:
        """It stays while requests are on their way: opened again meanwhile, they count."""
        share = self._shares.get(endpoint_id)
        if share is not None:
            share.close()
            if not share.running:
                del self._shares[endpoint_id]

    def _close_all(self) -> None:
        for endpoint_id in list(self._shares):
            self._close(endpoint_id)

    async def _claim(self) -> None:
        hungry, self._hungry = self._hungry & self._shares.keys(), set()
        rooms = {one: room for one in hungry if (room := self._shares[one].room)}
        tests = {one: room for one, room in rooms.items() if self._shares[one].endpoint.gets_tests_alone}
        rest = {one: room for one, room in rooms.items() if one not in tests}
        ordered = {one: room for one, room in rest.items() if self._shares[one].endpoint.is_ordered}
        plain = {one: room for one, room in rest.items() if one not in ordered}
        # What comes from now on is notified; what came before is found.
        for one in rooms:
            self._shares[one].may_have_due = False
        known = self._times_forgotten
        try:
            if plain:
                self._hand_out(plain, await self._queue.claim(plain), {}, known)
            if tests:
                self._hand_out(tests, await self._queue.claim(tests, tests_alone=True), {}, known)
            if ordered:
                behind = {one: (room, self._shares[one].after) for one, room in ordered.items()}
                self._hand_out(ordered, *await self._queue.claim_in_order(behind), known)
        except BaseException:
            for one in rooms.keys() & self._shares.keys():
                self._shares[one].look()
            raise

    def _hand_out(
        self, rooms: dict[UUID, int], found: list[Claimed], after: dict[UUID, UUID], known: int
    ) -> None:
        """``known`` says how often something was forgotten when they were asked for: they may be that."""
        failpoints.reach("sender.after_claim")
        taken: dict[UUID, list[Claimed]] = {one: [] for one in rooms}
        for claimed in found:
            taken[claimed.endpoint_id].append(claimed)
        for endpoint_id, claims in taken.items():
            share = self._shares.get(endpoint_id)
            if share is None or share.is_closed or self._is_leaving or known != self._times_forgotten:
                for claimed in claims:
                    self._note(Note(claimed=claimed, state="waiting"))
                continue
            if endpoint_id in after:
                share.went_to(after[endpoint_id])
            elif len(claims) >= rooms[endpoint_id]:
                share.may_have_due = True
            share.take(claims)
            if share.may_have_due:
                self._wake(endpoint_id)

    async def _attempt(self, claimed: Claimed, endpoint: SendingEndpoint) -> Note:
        if not claimed.is_permitted:
            return Note(claimed=claimed, state=str(State.WITHHELD))
        now = clock.now()
        try:
            answer = await self._post(claimed, endpoint)
        except Exception:
            # Whatever is odd about one delivery, the others go on.
            _log.exception("attempt failed", endpoint_id=str(endpoint.id), event_id=str(claimed.event_id))
            answer = Answer(outcome="sender_fault")
        failpoints.reach("sender.after_post")
        verdict = verdict_on(answer, claimed.tries + 1, self._schedule, random())  # noqa: S311
        ATTEMPTS.labels(answer.outcome).inc()
        SECONDS.observe(answer.seconds)
        return Note(
            claimed=claimed,
            state=str(verdict.state),
            url=endpoint.url,
            wait=verdict.wait or timedelta(),
            outcome=answer.outcome,
            status=answer.status,
            answer=answer.text,
            at=now,
            seconds=answer.seconds,
            hold=verdict.hold or timedelta(),
            is_gone=verdict.disables,
        )

    async def _post(self, claimed: Claimed, endpoint: SendingEndpoint) -> Answer:
        at, event = time(), (claimed.attributes, claimed.data)
        keys = [(kind, key) for kind, key, ends_at in endpoint.secrets if ends_at is None or ends_at > at]
        try:
            headers, body = request_of(
                claimed.event_id, event, endpoint.body, signing=self._signing, keys=keys, at=at
            )
        except SecretUnreadable:
            return Answer(outcome="secret_unreadable")
        return await self._client.post(endpoint.url, headers, body)

    def _note(self, note: Note) -> None:
        self._notes.append(note)
        self._has_notes.set()

    async def _write_notes(self) -> None:
        while True:
            await self._has_notes.wait()
            await asyncio.sleep(GATHER_SECONDS)
            self._has_notes.clear()
            while self._notes:
                await self._write(self._notes[:MOST_NOTES])

    async def _write(self, notes: list[Note]) -> None:
        """They stay until they are written; a repetition changes nothing."""
        self._has_notes.set()
        failpoints.reach("sender.before_note")
        disabled = await self._queue.note(notes)
        del self._notes[: len(notes)]
        if not self._notes:
            self._has_notes.clear()
        for endpoint_id in disabled:
            _log.warning("endpoint disabled", endpoint_id=str(endpoint_id))
            self._close(endpoint_id)
        for note in notes:
            share = self._shares.get(note.claimed.endpoint_id)
            if share is None:
                continue
            if note.state == State.WAITING and note.wait.total_seconds() < LOOK_AFTER_SECONDS:
                share.look_in(note.wait)
            elif share.endpoint.is_ordered:
                share.look()
        self._woken.set()

    async def _hear(self) -> None:
        async for channel, about in self._queue.listen():
            if channel in {"", CHANGED_CHANNEL}:
                self._must_read_endpoints = True
                self._to_beat.set()
            if channel in {"", FORGOTTEN_CHANNEL}:
                # What was claimed, or is being claimed, may be forgotten by now; what is not is claimed
                # again. Likewise after an outage: nothing was heard in it.
                self._times_forgotten += 1
                for share in self._shares.values():
                    share.give_back()
            if channel == DUE_CHANNEL and about and (wanted := self._shares.get(UUID(about))):
                self._queue.begin_anew()
                wanted.try_now()
            self._look_at_all()

    async def _look_now_and_then(self) -> None:
        since_read = 0.0
        while True:
            heartbeat.beat()
            await asyncio.sleep(LOOK_AFTER_SECONDS)
            since_read += LOOK_AFTER_SECONDS
            if since_read >= READ_ENDPOINTS_AFTER_SECONDS:
                since_read, self._must_read_endpoints = 0.0, True
            self._look_at_all()

    def _look_at_all(self) -> None:
        for share in self._shares.values():
            share.look()
        self._woken.set()

    async def _finish(self) -> None:
        self._close_all()
        loop = asyncio.get_running_loop()
        until = loop.time() + FINISH_WITHIN_SECONDS
        while loop.time() < until:
            if not self._notes and not any(share.running for share in self._shares.values()):
                return
            await asyncio.sleep(0.05)

    async def _leave(self) -> None:
        try:
            await self._queue.leave()
        except (psycopg.Error, OSError) as error:
            _log.warning("endpoints stay taken until others find out", cause=describe(error))


async def _end(tasks: Iterable[asyncio.Task[Any]]) -> None:
    """Cancel them until they are done: in Python 3.11 `asyncio.wait_for` may swallow a cancellation."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=0.2)
