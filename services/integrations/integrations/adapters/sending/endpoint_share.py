"""One endpoint's share of the sender: its own places, its own pace, its own patience.

No endpoint waits for another: there is no limit on all of them together that slow ones could fill. Each
begins with one request and earns a place with each success (slow start): a dead one costs hardly anything.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import timedelta
from time import monotonic
from uuid import UUID

from integrations.adapters.sending.delivery_queue import FIRST_LANE, Claimed, Note, SendingEndpoint

MOST_AHEAD = 512
# So many events that failed without a success between them say something about the endpoint: from then on it
# is asked rarely, by one request. One event that fails again and again says nothing of the others.
PATIENT_AFTER = 5
FIRST_PATIENCE_SECONDS = 0.5
LONGEST_PATIENCE_SECONDS = 60.0
# Places that stay free while others hang are filled after that: not for each request that ends, but soon.
FILL_AFTER_SECONDS = 0.05

Run = Sequence[Claimed]
Attempt = Callable[[Claimed, SendingEndpoint], Awaitable[Note]]


class EndpointShare:
    """Sends what was claimed for one endpoint; `Attempt` never raises."""

    def __init__(
        self,
        endpoint: SendingEndpoint,
        attempt: Attempt,
        note: Callable[[Note], None],
        wake: Callable[[UUID], None],
        *,
        needs_seconds: float,
        lease_seconds: float,
        fair_share: Callable[[], int] = lambda: MOST_AHEAD,
        may_begin: Callable[[], bool] = lambda: True,
    ) -> None:
        self.endpoint = endpoint
        self.may_have_due = True
        self.after = FIRST_LANE
        self._round_ends_at = FIRST_LANE
        self._has_turned = False
        self.running = 0
        self.is_closed = False
        self._attempt = attempt
        self._note = note
        self._wake_by_id = wake
        self._needs_seconds = needs_seconds
        # What is taken gets its turn in half of the time that its lease leaves for waiting.
        self._turns_within_seconds = (lease_seconds - needs_seconds) / 2
        self._fair_share = fair_share
        self._may_begin = may_begin
        self._ahead: deque[Run] = deque()
        self._target = endpoint.concurrency
        self._places = 1
        self._failed: set[int] = set()
        self._patience_seconds = 0.0
        self._held_until = monotonic() + endpoint.held_seconds
        self._patient_until = 0.0
        self._is_wanted = False
        self._fill_is_planned = self._fill_is_due = False
        self._next_at = 0.0
        self._times_given_back = 0

    @property
    def room(self) -> int:
        """How many more to claim now: none while it waits, or half of what we may hold is there and moves."""
        held = len(self._ahead) + self.running
        if self.is_closed or not self.may_have_due or self._waits:
            return 0
        if held > self._most_held // 2 and not (self._fill_is_due and self._is_half_hung):
            return 0
        return min(self._most_held - held, self._turns)

    def look(self) -> None:
        """Something of it may be due, in whichever lane."""
        self.may_have_due = True
        self._round_ends_at, self._has_turned = self.after, False
        self._wake()
        self._fill_soon()

    def try_now(self) -> None:
        """Somebody wants it tried: our own patience ends for one request, what it asked for itself does not.

        What is on its way already may have begun before: it does not count as that one.
        """
        self._is_wanted = self.running > 0
        self._patient_until = 0.0
        self.look()

    def went_to(self, after: UUID) -> None:
        """The lanes up to there were looked at; goes on until all were since something may have become due.

        So none waits for those before it again and again, and a look at many ends.
        """
        if self.may_have_due:
            # Notified while we looked: what was looked at before counts no more.
            self._round_ends_at, self._has_turned = after, False
        elif after == FIRST_LANE:
            self.may_have_due = self._round_ends_at != FIRST_LANE and not self._has_turned
            self._has_turned = True
        else:
            self.may_have_due = not (self._has_turned and after >= self._round_ends_at)
        self.after = after

    def look_in(self, wait: timedelta) -> None:
        """Something of it will be due."""
        asyncio.get_running_loop().call_later(wait.total_seconds(), self.look)

    def take(self, claimed: list[Claimed]) -> None:
        """What was claimed for it, in order; starts as many as may run."""
        self._fill_is_due = False
        self._ahead.extend(_runs(claimed) if self.endpoint.is_ordered else ([one] for one in claimed))
        self._begin()

    def _begin(self) -> None:
        for _ in range(min(len(self._ahead), self._places - self.running)):
            self.running += 1
            task = asyncio.create_task(self._work())
            _TASKS.add(task)
            task.add_done_callback(_TASKS.discard)

    def change(self, endpoint: SendingEndpoint) -> None:
        """From now on as it is described now; open again, if it was closed.

        Opened again, or with another address, it does not wait for what was there before.
        """
        if endpoint.gets_tests_alone:
            self.give_back()
        if self.is_closed or endpoint.url != self.endpoint.url:
            self._failed.clear()
            self._patience_seconds = self._held_until = self._patient_until = 0.0
        self.endpoint = endpoint
        self.is_closed = False
        self._places = min(self._places, endpoint.concurrency)
        self._target = min(max(self._target, endpoint.concurrency), self._ahead_most)
        self._held_until = max(self._held_until, monotonic() + endpoint.held_seconds)

    def close(self) -> None:
        """Begin no further request: the endpoint is paused, disabled, gone, or another sender's."""
        self.is_closed = True
        self.give_back()

    def give_back(self) -> None:
        """What was not begun is due at once, for the next owner."""
        self._times_given_back += 1
        while self._ahead:
            self._give_back(self._ahead.popleft())

    def _give_back(self, run: Run) -> None:
        for claimed in run:
            self._note(Note(claimed=claimed, state="waiting"))

    @property
    def _waits(self) -> bool:
        return monotonic() < max(self._held_until, self._patient_until)

    @property
    def _is_patient(self) -> bool:
        return len(self._failed) >= PATIENT_AFTER

    @property
    def _ahead_most(self) -> int:
        if self.endpoint.is_ordered or self.endpoint.rate_per_second is not None:
            return self.endpoint.concurrency
        return max(min(self._fair_share(), MOST_AHEAD), self.endpoint.concurrency)

    @property
    def _turns(self) -> int:
        """How many more get their turn in time, at the endpoint's own rate."""
        rate, ahead = self.endpoint.rate_per_second, sum(map(len, self._ahead))
        if rate is None:
            return MOST_AHEAD
        in_time = self._turns_within_seconds - max(self._next_at - monotonic(), 0.0)
        return max(int(in_time * rate) - ahead, 0 if ahead + self.running else 1)

    @property
    def _most_held(self) -> int:
        return 1 if self._is_patient else min(self._target, self._ahead_most)

    @property
    def _is_half_hung(self) -> bool:
        return not self._ahead and self._most_held // 2 < self.running < self._places

    def _wake(self) -> None:
        self._wake_by_id(self.endpoint.id)

    def _fill_soon(self) -> None:
        """Half of its requests may hang: the places of the others do not wait for those."""
        if self._is_half_hung and not self._fill_is_planned:
            self._fill_is_planned = True
            asyncio.get_running_loop().call_later(FILL_AFTER_SECONDS, self._fill)

    def _fill(self) -> None:
        self._fill_is_planned = False
        if self.may_have_due and self._is_half_hung:
            self._fill_is_due = True
            self._wake()

    async def _work(self) -> None:
        try:
            while self._ahead and self.running <= self._places:
                await self._send(self._ahead.popleft())
                if self.may_have_due and len(self._ahead) + self.running <= self._most_held // 2:
                    self._wake()
        finally:
            self.running -= 1
            if self.may_have_due:
                self._wake()
                self._fill_soon()

    async def _send(self, run: Run) -> None:
        begun_at = self._times_given_back
        for place, claimed in enumerate(run):
            is_in_time = await self._at_its_pace(claimed.lease_ends_at - self._needs_seconds)
            if not is_in_time or self._times_given_back != begun_at or not self._may_begin():
                self._give_back(run[place:])
                return
            asked = self.endpoint
            note = await self._attempt(claimed, asked)
            if asked.url == self.endpoint.url:
                self._learn(note)
            self._note(note)
            if note.state == "waiting":
                self._give_back(run[place + 1 :])
                return

    def _learn(self, note: Note) -> None:
        if note.state in {"delivered", "withheld"}:
            self._failed.clear()
            self._patience_seconds = self._patient_until = 0.0
            self._is_wanted = False
            if self._places < self.endpoint.concurrency:
                self._places += 1
                self._begin()
            if not self._ahead:
                self._target = min(self._target * 2, self._ahead_most)
            return
        if not note.blames_endpoint:
            return
        self._target = self.endpoint.concurrency
        # What was on its way already when the endpoint began to wait tells nothing new.
        is_news = not self._waits
        if note.hold:
            self._held_until = max(self._held_until, monotonic() + note.hold.total_seconds())
            self._begin_wait(note.hold.total_seconds())
        if not is_news:
            return
        if not self._is_patient:
            self._failed.add(note.claimed.position)
        if self._is_patient:
            self._places = 1
            doubled = max(self._patience_seconds * 2, FIRST_PATIENCE_SECONDS)
            self._patience_seconds = min(doubled, LONGEST_PATIENCE_SECONDS)
            wait, self._is_wanted = 0.0 if self._is_wanted else self._patience_seconds, False
            self._patient_until = monotonic() + wait
            self._begin_wait(wait)

    def _begin_wait(self, seconds: float) -> None:
        self.look_in(timedelta(seconds=seconds))
        self.give_back()

    async def _at_its_pace(self, begins_before: float) -> bool:
        """Wait for the next turn; False at once, and the turn is left to others, if that is too late."""
        now, rate = monotonic(), self.endpoint.rate_per_second
        turn = now if rate is None else max(self._next_at + 1 / rate, now)
        if turn > begins_before:
            return False
        if rate is not None:
            self._next_at = turn
            await asyncio.sleep(turn - now)
        return True


# The loop keeps weak references only.
_TASKS: set[asyncio.Task[None]] = set()


def _runs(claimed: list[Claimed]) -> Iterator[Run]:
    """Each partner's, in their order."""
    lanes: dict[UUID, list[Claimed]] = {}
    for one in claimed:
        lanes.setdefault(one.partner_id, []).append(one)
    yield from lanes.values()
