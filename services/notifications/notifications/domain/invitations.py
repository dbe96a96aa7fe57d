"""An offer to learn: one per member and path ever, accepted by a personal link that works once."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID


class State(StrEnum):
    """How far an invitation is."""

    PLANNED = "planned"
    SENT = "sent"
    ACCEPTED = "accepted"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


ALLOWED_MOVES: dict[State, frozenset[State]] = {
    State.PLANNED: frozenset({State.SENT, State.ACCEPTED, State.EXPIRED, State.CANCELLED}),
    State.SENT: frozenset({State.ACCEPTED, State.EXPIRED, State.CANCELLED}),
    State.EXPIRED: frozenset({State.PLANNED, State.CANCELLED}),
    State.ACCEPTED: frozenset(),
    State.CANCELLED: frozenset(),
}


@dataclass(frozen=True, kw_only=True)
class Invitation:
    """One member's invitation to one path; ``link_id`` names the only link that accepts it now.

    ``message_id`` is the mail that carries it; None while no mail was begun that could.
    """

    id: UUID
    partner_id: UUID
    member_id: UUID
    path: str
    language: str
    link_id: UUID
    expires_at: datetime
    created_at: datetime
    state: State = State.PLANNED
    sent_at: datetime | None = None
    accepted_at: datetime | None = None
    message_id: UUID | None = None

    def may_become(self, target: State) -> bool:
        return target in ALLOWED_MOVES[self.state]

    def delivered(self, at: datetime) -> "Invitation":
        """The mail went out; an answer that was quicker than our bookkeeping keeps its state."""
        state = State.SENT if self.may_become(State.SENT) else self.state
        return replace(self, state=state, sent_at=self.sent_at or at)

    def accepted(self, at: datetime) -> "Invitation":
        return replace(self, state=State.ACCEPTED, accepted_at=at)

    def expired(self) -> "Invitation":
        return replace(self, state=State.EXPIRED)

    def cancelled(self) -> "Invitation":
        return replace(self, state=State.CANCELLED)

    def renewed(self, link_id: UUID, expires_at: datetime) -> "Invitation":
        """Open again under a new link; the old one stays dead."""
        return replace(self, state=State.PLANNED, link_id=link_id, expires_at=expires_at, message_id=None)
