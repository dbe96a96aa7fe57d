"""Links by which a partner's contact comes in: a row with an end, opened once."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from onboarding.domain.refusals import LinkRefused


class Purpose(StrEnum):
    """What opening the link proves."""

    VERIFY_EMAIL = "verify_email"
    SIGN_IN = "sign_in"


@dataclass(kw_only=True)
class Link:
    """What we know of a link; its signed form exists in the mail only.

    ``is_requested`` tells those that someone asked for from those that came with other news.
    """

    id: UUID
    partner_id: UUID
    purpose: Purpose
    created_at: datetime
    expires_at: datetime
    is_requested: bool = False
    used_at: datetime | None = None

    def check(self, at: datetime) -> None:
        """Raise LinkRefused if it was used before or has expired."""
        if self.used_at is not None:
            raise LinkRefused("link_used")
        if at >= self.expires_at:
            raise LinkRefused("link_expired")

    def burn(self, at: datetime) -> None:
        """Use it up; raises LinkRefused as `check` does."""
        self.check(at)
        self.used_at = at
