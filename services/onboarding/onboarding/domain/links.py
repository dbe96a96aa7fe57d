"""Links by which a partner's contact comes in, or a named person answers: a row with an end, opened once."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from onboarding.domain.refusals import LinkRefused

# A second click on the same page: long enough for a slow connection, too short for the next visitor.
REPEATABLE_FOR = timedelta(seconds=30)
# How many partnerships of one person a request for a link reaches.
MOST_REACHED = 3


class Purpose(StrEnum):
    """What opening the link proves."""

    VERIFY_EMAIL = "verify_email"
    SIGN_IN = "sign_in"
    CONFIRM_MEMBERSHIP = "confirm_membership"


# Whoever opens one of these is the contact, and is signed in by it.
OF_CONTACTS = frozenset({Purpose.VERIFY_EMAIL, Purpose.SIGN_IN})


@dataclass(kw_only=True)
class Link:
    """What we know of a link; its signed form exists in the mail only.

    ``is_requested`` tells those that someone asked for from those that came with other news.
    ``member_id`` names the one who is asked to confirm; other links are the contact's.
    ``used_by_visit`` is the visit of the link's page that used it, where there was a page.
    """

    id: UUID
    partner_id: UUID
    purpose: Purpose
    created_at: datetime
    expires_at: datetime
    is_requested: bool = False
    member_id: UUID | None = None
    used_at: datetime | None = None
    used_by_visit: UUID | None = None

    def check(self, at: datetime) -> None:
        """Raise LinkRefused if it was used before or has expired."""
        if self.used_at is not None:
            raise LinkRefused("link_used")
        if at >= self.expires_at:
            raise LinkRefused("link_expired")

    def burn(self, at: datetime, visit: UUID | None = None) -> bool:
        """Use it up and return True; raises LinkRefused as `check` does.

        False for the click that follows the first one from the same visit of the page: it opens the link
        just as the first did, whose answer the browser threw away.
        """
        is_same_visit = visit is not None and visit == self.used_by_visit
        if self.used_at is not None and is_same_visit and at - self.used_at < REPEATABLE_FOR:
            return False
        self.check(at)
        self.used_at, self.used_by_visit = at, visit
        return True
