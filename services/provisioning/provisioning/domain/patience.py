"""How long a step is retried, and how long it waits in between."""

from collections.abc import Callable, Mapping
from dataclasses import field
from datetime import datetime, timedelta

from chassis.frozen import Frozen

# How long each kind of failure is waited out; adapters classify failures into these kinds.
BY_KIND: Mapping[str, timedelta] = {
    "eventual_consistency": timedelta(minutes=15),
    "denied": timedelta(minutes=15),
    "conflict": timedelta(hours=1),
    "throttled": timedelta(hours=6),
    "unavailable": timedelta(hours=24),
    "quota": timedelta(days=45),
}


class Patience(Frozen):
    """Doubling waits with jitter, as long as the kind of failure deserves; else ``lasts_seconds``."""

    first_seconds: float = 1
    most_seconds: float = 300
    lasts_seconds: float = 1800
    by_kind: Mapping[str, timedelta] = field(default_factory=lambda: BY_KIND)
    wait_most: timedelta = timedelta(hours=24)

    def next_attempt_at(
        self, attempt: int, begun_at: datetime, kind: str, now: datetime, random: Callable[[], float]
    ) -> datetime | None:
        """Return when to retry after attempt number ``attempt`` failed, None for never.

        ``begun_at`` is when the first of them began. The wait is between half and all of the doubled one,
        so that many grants that failed together are not retried together.
        """
        if now - begun_at >= self.by_kind.get(kind, timedelta(seconds=self.lasts_seconds)):
            return None
        doubled = min(self.most_seconds, self.first_seconds * 2.0 ** min(attempt - 1, 32))
        return now + timedelta(seconds=doubled * (0.5 + random() / 2))

    def look_again_at(
        self, begun_at: datetime, kind: str, now: datetime, after: timedelta
    ) -> datetime | None:
        """Return when to check again on work in progress outside, or after a requested wait."""
        longest = max(self.wait_most, self.by_kind.get(kind, timedelta()))
        return now + after if now - begun_at < longest else None
