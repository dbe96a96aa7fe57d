"""One event to be delivered to one endpoint: what each answer means for both."""

from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from chassis.frozen import Frozen
from integrations.domain.retry_schedule import RetrySchedule

LONGEST_ANSWER = 1_024
GONE = 410
# These are about the whole endpoint, not about one event.
ASKS_FOR_PATIENCE = frozenset({429, 503})
# These refuse this event, which says nothing about others.
REFUSES_ONE_EVENT = frozenset({400, 409, 413, 415, 422})


class State(StrEnum):
    """``waiting`` includes deliveries in flight: another sender takes over if theirs dies."""

    WAITING = "waiting"
    DELIVERED = "delivered"
    FAILED = "failed"
    WITHHELD = "withheld"


class Answer(Frozen):
    """The result of one attempt; ``outcome`` is ``ok`` for a 2xx answer, else a stable code."""

    outcome: str
    status: int | None = None
    text: str = ""
    retry_after: timedelta | None = None
    seconds: float = 0.0

    @property
    def is_ok(self) -> bool:
        return self.outcome == "ok"


class Attempt(Frozen):
    """One attempt, as stored in the log."""

    number: int
    at: datetime
    duration_ms: int
    outcome: str
    status: int | None
    answer: str


class Delivery(Frozen):
    """``tries`` counts attempts since it was last started, ``attempts`` all of them."""

    id: UUID
    endpoint_id: UUID
    event_id: UUID
    event_type: str
    partner_id: UUID
    is_test: bool
    state: State
    attempts: int
    due_at: datetime | None
    last_outcome: str | None
    last_status: int | None
    created_at: datetime
    delivered_at: datetime | None
    position: int


class Verdict(Frozen):
    """What becomes of a delivery; ``hold`` delays its whole endpoint."""

    state: State
    wait: timedelta | None = None
    hold: timedelta | None = None
    disables: bool = False


def verdict_on(answer: Answer, tries: int, schedule: RetrySchedule, chance: float) -> Verdict:
    """What the answer to the attempt of this number means."""
    if answer.is_ok:
        return Verdict(state=State.DELIVERED)
    asked = min(answer.retry_after or timedelta(), schedule.retry_after_most)
    hold = asked if answer.status in ASKS_FOR_PATIENCE and asked else None
    wait = schedule.wait_after(tries, chance)
    if answer.status == GONE:
        # The event waits for an endpoint that is enabled again.
        return Verdict(state=State.WAITING, wait=wait or schedule.waits[-1], disables=True)
    if wait is None:
        return Verdict(state=State.FAILED, hold=hold)
    return Verdict(state=State.WAITING, wait=max(wait, asked), hold=hold)
