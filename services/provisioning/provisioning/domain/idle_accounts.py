"""An account that no grant has, in which nothing should run any more."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from provisioning.domain.steps import Cause


@dataclass(kw_only=True)
class IdleAccount:
    """What was seen to run in it; ``failing_since``: no look since then saw everything."""

    account_key: UUID
    account_id: str
    look_at: datetime
    usd_per_hour: Decimal
    failing_since: datetime | None
    cause: Cause | None

    def note(self, usd_per_hour: Decimal, unseen: Cause | None, now: datetime) -> None:
        """What was not seen is assumed to go on."""
        self.usd_per_hour = max(self.usd_per_hour, usd_per_hour) if unseen else usd_per_hour
        self.failing_since = (self.failing_since or now) if unseen else None
        self.cause = unseen
