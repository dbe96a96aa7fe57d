"""Events sent once more to one endpoint."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class State(StrEnum):
    """``running`` until every event of the range was looked at."""

    RUNNING = "running"
    DONE = "done"


@dataclass(frozen=True, kw_only=True)
class Replay:
    """``position`` is the last event that was looked at, of those from ``first`` to ``last``."""

    id: UUID
    integrator_id: UUID
    endpoint_id: UUID
    since: datetime
    until: datetime
    event_types: tuple[str, ...] | None
    partner_id: UUID | None
    only_undelivered: bool
    first: int
    last: int
    position: int
    deliveries: int
    state: State
    created_at: datetime

    @property
    def progress(self) -> float:
        """From 0 to 1."""
        span = self.last - self.first + 1
        return 1.0 if self.state is State.DONE or span <= 0 else (self.position - self.first + 1) / span
