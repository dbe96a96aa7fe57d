"""An invitation to learn: one ever for each member and path, accepted by a personal link that works once."""

from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from chassis.frozen import Frozen

Number = TypeVar("Number", int, float)


class State(StrEnum):
    """The state of an invitation."""

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


class Lesson(Frozen):
    """What a learning system reports about one person and one path: at least begun."""

    at: datetime
    is_completed: bool = False
    progress: int | None = None
    score: float | None = None


class Invitation(Frozen):
    """One member's invitation to one path; ``link_id`` is the only link that accepts it now.

    ``message_id`` is the mail that carries it; None until there is one. ``progress`` is in percent, ``score``
    from -1 to 1, as the learning system reported them.
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
    started_at: datetime | None = None
    completed_at: datetime | None = None
    progress: int | None = None
    score: float | None = None

    def may_become(self, target: State) -> bool:
        return target in ALLOWED_MOVES[self.state]

    def delivered(self, at: datetime) -> "Invitation":
        """The mail went out; if the answer was faster than our bookkeeping, its state stays."""
        state = State.SENT if self.may_become(State.SENT) else self.state
        return replace(self, state=state, sent_at=self.sent_at or at)

    def accepted(self, at: datetime) -> "Invitation":
        return replace(self, state=State.ACCEPTED, accepted_at=at)

    def expired(self) -> "Invitation":
        return replace(self, state=State.EXPIRED)

    def cancelled(self) -> "Invitation":
        return replace(self, state=State.CANCELLED)

    def renewed(self, link_id: UUID, expires_at: datetime) -> "Invitation":
        """Open again with a new link; the old one stays dead."""
        return replace(self, state=State.PLANNED, link_id=link_id, expires_at=expires_at, message_id=None)

    def learned(self, lesson: Lesson) -> "Invitation":
        """The invitation after this report; repeated, late or in any order, the result is the same.

        Learning counts as accepting, with or without the link.
        """
        if not self.may_become(State.ACCEPTED) and self.state is not State.ACCEPTED:
            return self
        at = max(self.created_at, lesson.at)
        progress = 100 if lesson.is_completed else lesson.progress
        return replace(
            self,
            state=State.ACCEPTED,
            accepted_at=_earliest(self.accepted_at, at),
            started_at=_earliest(self.started_at, at),
            completed_at=_earliest(self.completed_at, at if lesson.is_completed else None),
            progress=_highest(self.progress, progress),
            score=_highest(self.score, lesson.score),
        )


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _highest(*values: Number | None) -> Number | None:
    return max((value for value in values if value is not None), default=None)
