"""What handlers need from outside, by ability; adapters provide it, fakes stand in for it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol, TypeAlias
from uuid import UUID

from chassis.database.unit_of_work import Transaction
from chassis.frozen import Frozen
from onboarding.domain.access import AccessPlan
from onboarding.domain.agreements import Agreements
from onboarding.domain.approval_limits import ApprovalLimits, AutomaticApproval, LimitUse, RuleUse
from onboarding.domain.begun_sessions import BegunSession
from onboarding.domain.drafts import Draft
from onboarding.domain.likeness import Duplicate, Trait
from onboarding.domain.limits import Limits, MailGaps, Mailing, WaitingMail
from onboarding.domain.links import Link
from onboarding.domain.partners import Partner
from onboarding.domain.passkeys import Challenge, Passkey
from onboarding.domain.requests import Request
from onboarding.domain.retention import Retention
from onboarding.domain.screening import Blocklist, Rules
from onboarding.domain.shared_domains import SharedDomains
from onboarding.domain.states import Deadlines
from onboarding.domain.timeline import Entry

Json: TypeAlias = Mapping[str, Any]


class NewCredential(Frozen):
    """What a checked ceremony has made."""

    credential_id: bytes
    public_key: bytes
    sign_count: int


class RelyingParty(Protocol):
    """WebAuthn's ceremonies for our pages; all that it refuses is PasskeyRefused."""

    def creation_options(self, partner: Partner, known: Sequence[Passkey], challenge: bytes) -> Json:
        """For `navigator.credentials.create`, with which the contact makes one beside the ``known``."""

    def request_options(self, challenge: bytes) -> Json:
        """For `navigator.credentials.get`."""

    def challenge_in(self, credential: Json) -> bytes:
        """Which challenge an answer says it is for; nothing is checked yet."""

    def credential_id_in(self, credential: Json) -> bytes:
        """By which credential an answer says it was made; nothing is checked yet."""

    def check_new(self, credential: Json, challenge: bytes) -> NewCredential:
        """Check what a browser made."""

    def check_use(self, credential: Json, challenge: bytes, passkey: Passkey) -> int:
        """Check what a browser signed by this passkey, for this person; return the new counter."""


class Policies(Frozen):
    """What the owners of the service decide in files and settings."""

    rules: Rules
    blocklist: Blocklist
    shared_domains: SharedDomains
    approval_limits: ApprovalLimits
    agreements: Agreements
    deadlines: Deadlines
    link_lifetime: timedelta
    limits: Limits
    membership_link_lifetime: timedelta
    draft_lifetime: timedelta
    retention: Retention
    relying_party: RelyingParty


class Partners(Protocol):
    """All partners."""

    def add(self, partner: Partner) -> None: ...

    def lock(self, partner_id: UUID) -> Partner:
        """Read one and keep everybody else from moving it until the end of the transaction.

        Waits for another transaction that holds it; raises PartnerUnknown.
        """

    def is_known(self, partner_id: UUID) -> bool: ...

    def lock_to_erase(self, partner_id: UUID) -> Partner:
        """Like `lock`, and nobody adds anything that hangs on it meanwhile."""

    def erase(self, partner: Partner) -> None:
        """Delete it, with all that hangs on it; what other services tell of it later has no effect."""

    def save(self, partner: Partner) -> None:
        """Write one back; raises RegistrationTaken if another one holds its registration number."""

    def duplicates_of(self, partner: Partner, traits: Collection[Trait]) -> Sequence[Duplicate]:
        """Others with a confirmed address that share a trait, also former ones; a bounded number of each."""

    def reached_by(self, email: str) -> Sequence[UUID]:
        """A few partners whose contact has that address, where a link is of use.

        Those that have waited longest for one come first. Partners whose contact confirmed the address do not
        compete with new applications, which anybody can send in another's name.
        """


class AutomaticApprovals(Protocol):
    """What rules have approved."""

    def lock(self) -> None:
        """Keep everybody else from approving by rule until the end of the transaction; waits for others."""

    def use(self, at: datetime) -> Mapping[str, RuleUse]:
        """What each rule, by name, has approved in the day and month of that moment."""

    def add(self, approval: AutomaticApproval) -> None:
        """Count one more; call `lock` before."""

    def note_exceeded(self, limit: LimitUse, at: datetime) -> bool:
        """Note that a limit sent an application to people; True for the first one of its day or month."""


class AccessPlans(Protocol):
    """What each partner is to get; call it for a locked partner only."""

    def of(self, partner_id: UUID) -> AccessPlan:
        """All grants, possibly none; the database is asked once in a transaction."""

    def save(self, partner_id: UUID, plan: AccessPlan) -> None:
        """Write back what changed."""


class Links(Protocol):
    """Every link that was ever issued, and requests for one."""

    def add(self, link: Link) -> None: ...

    def partner_of(self, link_id: UUID) -> UUID:
        """Whose link it is; raises LinkRefused if there is none."""

    def lock(self, link_id: UUID) -> Link:
        """Read one and keep others from burning it; raises LinkRefused if there is none."""

    def save(self, link: Link) -> None:
        """Write back that it was used."""

    def expire_unused(self, partner_id: UUID, at: datetime, *, of_contact: bool = False) -> None:
        """Let every link that this partner, or only its contact, was sent and has not used end now."""

    def request(self, request_id: UUID, email: str, at: datetime) -> None:
        """Keep a request for one, until a job looks who is behind the address."""

    def take_request(self, request_id: UUID) -> str | None:
        """The address, with which the request is gone; None if it was taken before."""

    def forget_requests(self, before: datetime) -> int:
        """Delete old requests; return how many."""


class Drafts(Protocol):
    """Applications that are not sent yet."""

    def add(self, draft: Draft) -> None: ...

    def save(self, draft_id: UUID, answers: Mapping[str, Any], at: datetime) -> bool:
        """Keep other answers; False if there is no such draft any more."""

    def find(self, draft_id: UUID, at: datetime) -> Draft | None:
        """A look at one, unless it is over."""

    def take(self, draft_id: UUID, at: datetime) -> Draft | None:
        """The draft, with which it is gone; None if it was taken before, or is over."""

    def take_expired(self, at: datetime, most: int) -> Sequence[Draft]:
        """Some of those that are over, with which they are gone."""


class ImportedApplications(Protocol):
    """Which applications operators brought in, by their content, for good."""

    def take(self, digest: bytes, partner_id: UUID, at: datetime) -> UUID:
        """Note the application as this partner's, and return that; another's id where it was there before.

        Waits for another transaction that takes the same.
        """

    def hand_on(self, digest: bytes, partner_id: UUID, at: datetime) -> None:
        """From now on it is this partner's; call it after `take`."""


class MailTurns(Protocol):
    """When a mailbox may be written to, plus tags or not, and which mails wait for that."""

    def take(self, mailing: Mailing, email: str, gaps: MailGaps, at: datetime) -> datetime | None:
        """Count a mail and return None, or return when the mailbox may be written to again.

        Waits for another transaction that takes the same mailbox's turn.
        """

    def release(self, mailing: Mailing, email: str, at: datetime) -> None:
        """Start over: what waits for the mailbox is due.

        Only where all mails that were counted went to this very mailbox: whoever has one of several that are
        counted as one has shown nothing about the others.
        """

    def keep_waiting(self, mail: WaitingMail, email: str) -> None:
        """Keep what is to be mailed, in the place of what waits for the same person of the partner."""

    def drop_waiting(self, partner_id: UUID, member_id: UUID) -> None:
        """Nothing waits for this person of the partner any more."""

    def waiting(self, partner_id: UUID, member_id: UUID) -> WaitingMail | None:
        """What waits for this person of the partner."""

    def due(self, at: datetime, most: int, after: WaitingMail | None) -> Sequence[WaitingMail]:
        """The next mails whose time has come, behind one of them.

        All that wait for one mailbox come due together; the newest partner's is first, so that older ones do
        not keep it waiting.
        """

    def forget(self, before: datetime) -> int:
        """Delete turns that were over by then; return how many."""


class Requests(Protocol):
    """What partners ask for; call it for a locked partner only."""

    def add(self, request: Request) -> None: ...

    def partner_of(self, request_id: UUID) -> UUID:
        """Whose it is; raises RequestUnknown. The one question that needs no lock."""

    def of_partner(self, partner_id: UUID) -> Sequence[Request]:
        """The newest first: all that are open, and a bounded number of others."""

    def save(self, request: Request) -> None:
        """Write back how far it is."""


class Sessions(Protocol):
    """Where partners are signed in."""

    def add(self, session: BegunSession) -> None:
        """Keep a new one; one that is known stays as it is."""

    def open_of(self, partner_id: UUID, at: datetime) -> Sequence[BegunSession]:
        """Those that go on at that moment, the newest first, a bounded number."""

    def end(
        self, partner_id: UUID, at: datetime, session_id: UUID | None = None, spared: UUID | None = None
    ) -> Sequence[UUID]:
        """Of all that go on but the spared one, or of this one, no token is accepted here any more.

        Return which these were.
        """

    def forget(self, before: datetime) -> int:
        """Delete those that were over by then; return how many."""


class Passkeys(Protocol):
    """Passkeys of partners' contacts, and the challenges that are out; call it for a locked partner only."""

    def add(self, passkey: Passkey) -> bool:
        """Keep a new one; False if its credential is known already."""

    def find(self, credential_id: bytes) -> Passkey | None:
        """Whose it is; the one question that needs no lock."""

    def of_member(self, member_id: UUID) -> Sequence[Passkey]:
        """The newest first."""

    def save_use(self, passkey: Passkey) -> None:
        """Write back when it was used, and its counter."""

    def remove(self, member_id: UUID, passkey_id: UUID) -> bool:
        """Delete one; False if the person has no such passkey."""

    def forget_person(self, member_id: UUID) -> None:
        """Delete all that the person has."""

    def add_challenge(self, challenge: Challenge) -> None: ...

    def take_challenge(self, value: bytes, at: datetime) -> Challenge | None:
        """The challenge, with which it is gone; None if it was taken before, or has expired."""

    def forget_challenges(self, before: datetime) -> int:
        """Delete those that had expired by then; return how many."""


class Timelines(Protocol):
    """What happened to each partner."""

    def add(self, entry: Entry) -> None:
        """Keep an entry, written at the latest with the commit; a repeated one changes nothing."""


class Work(Transaction, Protocol):
    """One transaction of this service, with all that commits with it."""

    policies: Policies
    partners: Partners
    automatic_approvals: AutomaticApprovals
    access_plans: AccessPlans
    links: Links
    mail_turns: MailTurns
    requests: Requests
    imported_applications: ImportedApplications
    drafts: Drafts
    sessions: Sessions
    passkeys: Passkeys
    timelines: Timelines

    def forget_emitted(self, partner_id: UUID, member_id: UUID) -> None:
        """Take a person's name and address out of the events that were sent and are kept."""
