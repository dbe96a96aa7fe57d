"""What people made with a product, after their grant ended: kept for some days, then deleted."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from provisioning.domain.steps import Cause

_SOONEST, _LATEST = timedelta(minutes=5), timedelta(hours=6)


@dataclass(kw_only=True)
class ResultsOfGrant:
    """The results below one location, which the grant was the last to have.

    They are deleted from ``delete_at`` on. ``try_at`` is when this goes on; ``failing_since``: since then no
    try brought it on.
    """

    grant_id: UUID
    location: str
    delete_at: datetime
    try_at: datetime
    deleted_at: datetime | None = None
    failing_since: datetime | None = None
    cause: Cause | None = None

    def note(self, *, is_left: bool, now: datetime) -> None:
        """Some were deleted; go on at once where others are left."""
        self.failing_since = self.cause = None
        self.try_at = now
        self.deleted_at = None if is_left else now

    def put_off(self, cause: Cause, now: datetime, retry_after: timedelta | None) -> None:
        """Try again after as long as it has been failing."""
        self.failing_since, self.cause = self.failing_since or now, cause
        wait = min(max(now - self.failing_since, _SOONEST), _LATEST)
        self.try_at = now + max(wait, retry_after or wait)
