"""The states of a partner's life, the sets of them that mean something, and how long each may last."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal


class State(StrEnum):
    """Where a partner stands."""

    APPLIED = "applied"
    EMAIL_VERIFIED = "email_verified"
    IN_REVIEW = "in_review"
    ACTION_REQUIRED = "action_required"
    REJECTED = "rejected"
    APPROVED = "approved"
    AGREEMENT_ACCEPTED = "agreement_accepted"
    PROVISIONING = "provisioning"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    OFFBOARDING = "offboarding"
    OFFBOARDED = "offboarded"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


FINAL = frozenset({State.REJECTED, State.OFFBOARDED, State.WITHDRAWN, State.EXPIRED})
# Who has left still reads how it ended, and repeats a request whose answer was lost; then sessions are over.
FAREWELL = timedelta(minutes=15)

# Only one partner of a country and registration number may be in these.
HOLDS_REGISTRATION = frozenset(
    {
        State.APPROVED,
        State.AGREEMENT_ACCEPTED,
        State.PROVISIONING,
        State.ACTIVE,
        State.SUSPENDED,
        State.OFFBOARDING,
    }
)

# What we wait for, where the partner expires unless its contact acts.
WaitsFor = Literal["verification", "correction", "agreement"]
WAITS_FOR: Mapping[State, WaitsFor] = {
    State.APPLIED: "verification",
    State.ACTION_REQUIRED: "correction",
    State.APPROVED: "agreement",
}


@dataclass(frozen=True)
class Deadlines:
    """The allowed waiting time by state; a state that is missing may last for ever.

    Where the life cycle has the move ``expire`` the partner expires, elsewhere (we or an operator
    are late, not the applicant) the timeline says so to operators. Whoever has let ``reminder_percent`` of a
    wait pass is reminded of its end; 0 is never.
    """

    waits: Mapping[State, timedelta]
    reminder_percent: int = 0

    def end(self, state: State, entered_at: datetime) -> datetime | None:
        """The moment at which the deadline of ``state`` passes."""
        wait = self.waits.get(state)
        return entered_at + wait if wait else None

    @property
    def share_left(self) -> float:
        """The share of a wait that is left when its reminder is due; 0 where there is none."""
        return (100 - self.reminder_percent) / 100 if self.reminder_percent else 0
