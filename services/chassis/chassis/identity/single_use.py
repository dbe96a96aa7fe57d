"""Links that open once: a row with an expiry, used up by the first visitor."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Literal
from uuid import UUID

LinkFault = Literal["link_invalid", "link_expired", "link_used"]

# A second click on the same page: long enough for a slow connection, too short for the next visitor.
REPEATABLE_FOR = timedelta(seconds=30)


class LinkRefused(Exception):
    """A link that opens nothing (any more); ``code`` says why."""

    def __init__(self, code: LinkFault) -> None:
        super().__init__(code)
        self.code: LinkFault = code


@dataclass(kw_only=True)
class SingleUse:
    """The expiry of a link, and whether it was used; ``refusal`` is raised by a service if it is not usable.

    ``used_by_visit`` is the visit of the page that used it, if there was a page.
    """

    refusal: ClassVar[type[Exception]] = LinkRefused

    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    used_by_visit: UUID | None = None

    def check(self, at: datetime) -> None:
        """Raise the refusal if it was used before or has expired."""
        if self.used_at is not None:
            raise self._refused("link_used")
        if at >= self.expires_at:
            raise self._refused("link_expired")

    def burn(self, at: datetime, visit: UUID | None = None) -> bool:
        """Use it up and return True; raises the refusal as `check` does.

        False for a second click in the same visit of the page: it opens the link just as the first did, whose
        answer the browser discarded.
        """
        is_same_visit = visit is not None and visit == self.used_by_visit
        if self.used_at is not None and is_same_visit and at - self.used_at < REPEATABLE_FOR:
            return False
        self.check(at)
        self.used_at, self.used_by_visit = at, visit
        return True

    def _refused(self, fault: LinkFault) -> Exception:
        return type(self).refusal(fault)
