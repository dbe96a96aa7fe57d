"""Events sent again to one endpoint."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from chassis.frozen import Frozen


class State(StrEnum):
    """``running`` until every event of the range was processed."""

    RUNNING = "running"
    DONE = "done"


class Replay(Frozen):
    """``position`` is the last processed event, of those from ``first`` to ``last``.

    ``deliveries`` were started; ``under_way`` were in progress anyway, and left alone.
    """

    id: UUID
    integrator_id: UUID
    endpoint_id: UUID
    since: datetime
    until: datetime
    event_types: tuple[str, ...] | None
    partner_id: UUID | None
    filter: str | None
    only_undelivered: bool
    first: int
    last: int
    position: int
    events_total: int
    events_done: int = 0
    deliveries: int = 0
    under_way: int = 0
    state: State
    created_at: datetime

    @property
    def progress(self) -> float:
        """From 0 to 1; events that are deleted meanwhile are never processed."""
        return 1.0 if self.state is State.DONE else min(self.events_done / max(self.events_total, 1), 1.0)
