"""How long a partner is kept after its application or partnership is over."""

from datetime import datetime, timedelta

from chassis.frozen import Frozen


class Retention(Frozen):
    """None: until an operator erases it.

    ``unverified`` is for applications whose contact never confirmed the address: anybody may have sent them,
    with the names of others in them.
    """

    unverified: timedelta | None = None
    partners: timedelta | None = None

    def ended_before(self, now: datetime, *, is_verified: bool) -> datetime | None:
        """Partners that ended before this have been kept for long enough."""
        kept = self.partners if is_verified else self.unverified
        return None if kept is None else now - kept
