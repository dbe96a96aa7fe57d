"""What handlers need from outside, by ability; adapters provide it, fakes stand in for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from chassis.database.unit_of_work import Job
from chassis.events import OutgoingEvent
from onboarding.domain.access import AccessPlan
from onboarding.domain.agreements import Agreements
from onboarding.domain.deadlines import Deadlines
from onboarding.domain.links import Link
from onboarding.domain.partner import Partner
from onboarding.domain.screening import Blocklist, Duplicate, Rules
from onboarding.domain.timeline import Entry


@dataclass(frozen=True, kw_only=True)
class Policies:
    """What the owners of the service decide in files and settings."""

    rules: Rules
    blocklist: Blocklist
    free_mail_domains: frozenset[str]
    agreements: Agreements
    deadlines: Deadlines
    link_lifetime: timedelta
    links_per_address_and_hour: int
    links_per_partner_and_hour: int


class Partners(Protocol):
    """All partners."""

    def add(self, partner: Partner) -> None:
        """Keep a new one."""

    def locked(self, partner_id: UUID) -> Partner:
        """Read one and keep everybody else from moving it until the end of the transaction.

        Waits for whoever holds it; raises PartnerUnknown.
        """

    def knows(self, partner_id: UUID) -> bool:
        """True if there is such a partner."""

    def save(self, partner: Partner) -> None:
        """Write one back; raises RegistrationTaken if another one holds its registration number."""

    def duplicates_of(self, partner: Partner, *, compare_mail_domain: bool) -> Sequence[Duplicate]:
        """Other live partners of the same registration number or mail domain; a bounded number."""

    def reached_by(self, email: str) -> Sequence[UUID]:
        """The newest few partners whose contact has that address, where a link is of use."""


class AccessPlans(Protocol):
    """What each partner is to get; call it for a locked partner only."""

    def of(self, partner_id: UUID) -> AccessPlan:
        """All grants, possibly none."""

    def save(self, partner_id: UUID, plan: AccessPlan) -> None:
        """Write back what changed."""


class Links(Protocol):
    """Every link that was ever issued."""

    def add(self, link: Link) -> None:
        """Keep a new one."""

    def partner_of(self, link_id: UUID) -> UUID:
        """Whose link it is; raises LinkRefused if there is none."""

    def locked(self, link_id: UUID) -> Link:
        """Read one and keep others from burning it; raises LinkRefused if there is none."""

    def save(self, link: Link) -> None:
        """Write back that it was used."""

    def expire_unused(self, partner_id: UUID, at: datetime) -> None:
        """Let every link that this partner was sent and has not used end now."""

    def count_requested(self, partner_id: UUID, since: datetime) -> int:
        """How many links were sent to this partner because someone asked, the limit's measure."""


class LinkRequests(Protocol):
    """Wishes for a link, until a job looks who is behind the address."""

    def add(self, request_id: UUID, email: str, at: datetime) -> None:
        """Keep one."""

    def count(self, email: str, since: datetime) -> int:
        """How often that address was given, known to us or not."""

    def take(self, request_id: UUID) -> str | None:
        """The address, which is forgotten by this; None if it was taken before."""

    def forget(self, before: datetime) -> int:
        """Delete old ones; return how many."""


class Timelines(Protocol):
    """What happened to each partner."""

    def add(self, entry: Entry) -> None:
        """Keep an entry, written at the latest with the commit; a repeated one changes nothing."""


class OnboardingWork(Protocol):
    """One transaction of this service, with all that commits with it."""

    @property
    def policies(self) -> Policies: ...
    @property
    def partners(self) -> Partners: ...
    @property
    def access_plans(self) -> AccessPlans: ...
    @property
    def links(self) -> Links: ...
    @property
    def link_requests(self) -> LinkRequests: ...
    @property
    def timelines(self) -> Timelines: ...

    def emit(self, event: OutgoingEvent) -> None:
        """Send an event with the commit."""

    def defer(self, job: Job) -> None:
        """Queue a job with the commit."""

    def tell_state(self, partner: Partner) -> None:
        """Send the full picture of a locked partner with the commit; saving one does so by itself."""

    def now(self) -> datetime:
        """The present moment. Ask after taking a lock: waiting for one takes time."""
