"""Which partners' snapshots a transaction changed: each is told once, as it is when it commits."""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from chassis.events import OutgoingEvent
from chassis.telemetry import traces
from onboarding.domain.access import AccessPlan
from onboarding.domain.partners import Partner
from onboarding.handlers import descriptions

TOPIC = "partner.state.v1"
NAME = "partner.state"


class ChangedStates:
    """The partners by id, each with the trace of its newest change."""

    def __init__(self) -> None:
        self._traces: dict[UUID, str | None] = {}

    def note(self, partner_id: UUID) -> None:
        """The snapshot differs from the one that was told last, or is wanted once more."""
        self._traces[partner_id] = traces.current()

    def take(self) -> Iterator[tuple[UUID, str | None]]:
        """Give each out once."""
        noted, self._traces = self._traces, {}
        yield from noted.items()


def state_event(
    partner: Partner, plan: AccessPlan, *, occurred_at: datetime, traceparent: str | None
) -> OutgoingEvent:
    """The snapshot of one partner as `partner.state` tells it."""
    return OutgoingEvent(
        topic=TOPIC,
        subject=str(partner.id),
        name=NAME,
        data=descriptions.state(partner, plan),
        occurred_at=occurred_at,
        traceparent=traceparent,
    )
