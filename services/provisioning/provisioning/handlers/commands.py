"""What operators and partners ask for."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True)
class RetryGrant:
    """An operator wants the failed step of a grant tried again."""

    grant_id: UUID


@dataclass(frozen=True, kw_only=True)
class WaiveGrant:
    """An operator decides that the partner goes on without this grant."""

    grant_id: UUID
    reason: str
    by: str


@dataclass(frozen=True, kw_only=True)
class CollectCredentials:
    """A partner wants the key of its device; ``visit`` names one showing of its page."""

    partner_id: UUID
    grant_id: UUID
    visit: UUID | None = None


@dataclass(frozen=True)
class ReleaseCredentials:
    """An operator lets the partner collect a key once more."""

    grant_id: UUID
