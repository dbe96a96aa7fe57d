"""How long a partner may stand in a state before something happens."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from onboarding.domain.states import State


@dataclass(frozen=True)
class Deadlines:
    """The allowed waiting time by state; a state that is missing may last for ever.

    Where the life cycle has the move ``expire`` the partner expires, elsewhere (we or an operator
    are late, not the applicant) the timeline says so to operators.
    """

    waits: Mapping[State, timedelta]

    def end(self, state: State, entered_at: datetime) -> datetime | None:
        """The moment at which the deadline of ``state`` passes."""
        wait = self.waits.get(state)
        return entered_at + wait if wait else None
