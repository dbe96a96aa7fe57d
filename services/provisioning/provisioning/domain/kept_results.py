"""Results that people made with a product: kept for some days after their grant has ended, then deleted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from provisioning.domain.steps import Cause

_SOONEST, _LATEST = timedelta(minutes=5), timedelta(hours=6)


@dataclass(kw_only=True)
class ResultsOfGrant:
    """The results below one location, of the last grant that used it.

    They are deleted from ``delete_at`` on. ``try_at`` is the next attempt; ``failing_since``: no attempt
    since then made progress.
    """

    grant_id: UUID
    location: str
    delete_at: datetime
    try_at: datetime
    deleted_at: datetime | None = None
    failing_since: datetime | None = None
    cause: Cause | None = None

    def note(self, *, is_left: bool, now: datetime) -> None:
        """Some were deleted; continue at once if others are left."""
        self.failing_since = self.cause = None
        self.try_at = now
        self.deleted_at = None if is_left else now

    def put_off(self, cause: Cause, now: datetime, retry_after: timedelta | None) -> None:
        """Wait as long as it has been failing."""
        self.failing_since, self.cause = self.failing_since or now, cause
        wait = min(max(now - self.failing_since, _SOONEST), _LATEST)
        self.try_at = now + max(wait, retry_after or wait)
