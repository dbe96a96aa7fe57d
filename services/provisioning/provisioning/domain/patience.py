"""How long and how often a step is tried."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True)
class Patience:
    """Doubling waits with jitter, a limit of failed attempts, a limit of waiting for the outside."""

    first_seconds: float = 1
    most_seconds: float = 300
    attempts_most: int = 12
    wait_most: timedelta = timedelta(hours=24)

    def next_attempt_at(self, attempt: int, now: datetime, random: Callable[[], float]) -> datetime | None:
        """Return when to try again after the failure of attempt number ``attempt``, None for never.

        The wait lies between half and all of the doubled one, so that many grants that failed
        together do not come back together.
        """
        if attempt >= self.attempts_most:
            return None
        doubled = min(self.most_seconds, self.first_seconds * 2.0 ** min(attempt - 1, 32))
        return now + timedelta(seconds=doubled * (0.5 + random() / 2))

    def look_again_at(self, begun_at: datetime, now: datetime, after: timedelta) -> datetime | None:
        """Return when to look again at something that the outside is still at work on."""
        return now + after if now - begun_at < self.wait_most else None
