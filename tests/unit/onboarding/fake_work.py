"""A unit of work in memory, with the same promises as the one on PostgreSQL."""

from collections.abc import Collection, Mapping
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar
from uuid import UUID

from chassis.database.deferred_jobs import Job
from chassis.events import Event, OutgoingEvent, Tombstone
from chassis.text.mail_addresses import canonical_address, counted_mailbox
from onboarding.domain.access import AccessPlan
from onboarding.domain.approval_limits import AutomaticApproval, LimitUse, RuleUse, day_of, month_of
from onboarding.domain.begun_sessions import BegunSession
from onboarding.domain.drafts import Draft
from onboarding.domain.events import PartnerState
from onboarding.domain.likeness import Duplicate, Trait, share
from onboarding.domain.limits import MailGaps, Mailing, WaitingMail
from onboarding.domain.links import MOST_REACHED, Link
from onboarding.domain.partners import Partner
from onboarding.domain.passkeys import Challenge, Passkey
from onboarding.domain.refusals import LinkRefused, PartnerUnknown, RegistrationTaken, RequestUnknown
from onboarding.domain.requests import Request
from onboarding.domain.states import FINAL, HOLDS_REGISTRATION
from onboarding.domain.timeline import Entry
from onboarding.handlers.ports import Policies


class FakePartners:
    """Partners in a dictionary; what is handed out is a copy, as rows are."""

    def __init__(self, links: "FakeLinks") -> None:
        self.rows: dict[UUID, Partner] = {}
        self._links = links

    def add(self, partner: Partner) -> None:
        self.rows[partner.id] = deepcopy(partner)

    def lock(self, partner_id: UUID) -> Partner:
        if partner_id not in self.rows:
            raise PartnerUnknown
        return deepcopy(self.rows[partner_id])

    def lock_to_erase(self, partner_id: UUID) -> Partner:
        return self.lock(partner_id)

    def erase(self, partner_id: UUID) -> None:
        del self.rows[partner_id]

    def is_known(self, partner_id: UUID) -> bool:
        return partner_id in self.rows

    def save(self, partner: Partner) -> None:
        if partner.state in HOLDS_REGISTRATION:
            for other in self._same_registration(partner):
                is_the_same = other.profile.registration.key == partner.profile.registration.key
                shares = other.shares_registration or partner.shares_registration
                if other.state in HOLDS_REGISTRATION and is_the_same and not shares:
                    raise RegistrationTaken(other.id, other.profile.legal_name)
        self.rows[partner.id] = deepcopy(partner)

    def duplicates_of(self, partner: Partner, traits: Collection[Trait]) -> list[Duplicate]:
        return [
            Duplicate(other.id, other.profile.legal_name, trait, other.state)
            for trait in traits
            for other in self.rows.values()
            if other.id != partner.id and other.email_verified_at and share(trait, partner, other)
        ]

    def reached_by(self, email: str) -> list[UUID]:
        of_use = [
            partner
            for partner in self.rows.values()
            if partner.contact.mailbox == canonical_address(email) and partner.takes_links
        ]
        of_use.sort(key=lambda partner: partner.created_at, reverse=True)
        of_use.sort(key=lambda partner: partner.state in FINAL)
        in_turn = sorted(of_use, key=lambda one: (one.state in FINAL, self._links.last_requested(one.id)))
        known = [one.id for one in in_turn if one.email_verified_at][:MOST_REACHED]
        new = [one.id for one in in_turn if not one.email_verified_at][:MOST_REACHED]
        return [partner.id for partner in of_use if partner.id in {*known, *new}]

    def _same_registration(self, partner: Partner) -> list[Partner]:
        return [
            other
            for other in self.rows.values()
            if other.id != partner.id
            and other.profile.country == partner.profile.country
            and other.profile.registration.may_be(partner.profile.registration)
        ]


class FakeAutomaticApprovals:
    """Approvals in a list; a test has one transaction at a time, so nobody waits for the lock."""

    def __init__(self) -> None:
        self.rows: list[AutomaticApproval] = []
        self.is_locked = False
        self._exceeded: set[tuple[str, str | None, datetime]] = set()

    def lock(self) -> None:
        self.is_locked = True

    def use(self, at: datetime) -> dict[str, RuleUse]:
        (day, tomorrow), (month, _) = day_of(at), month_of(at)
        counted = [row for row in self.rows if month <= row.approved_at < tomorrow]
        found = {}
        for rule in {row.rule for row in counted}:
            costs = [row.cost for row in counted if row.rule == rule]
            today = [row.cost for row in counted if row.rule == rule and row.approved_at >= day]
            found[rule] = RuleUse(
                approvals_today=len(today), cost_today=sum(today), cost_this_month=sum(costs)
            )
        return found

    def add(self, approval: AutomaticApproval) -> None:
        assert self.is_locked
        self.rows.append(approval)

    def note_exceeded(self, limit: LimitUse, at: datetime) -> bool:
        key = (limit.limit, limit.rule, limit.began_at)
        is_first = key not in self._exceeded
        self._exceeded.add(key)
        return is_first


class FakeAccessPlans:
    """Plans in a dictionary."""

    def __init__(self) -> None:
        self.rows: dict[UUID, AccessPlan] = {}

    def of(self, partner_id: UUID) -> AccessPlan:
        return deepcopy(self.rows.get(partner_id, AccessPlan()))

    def save(self, partner_id: UUID, plan: AccessPlan) -> None:
        self.rows[partner_id] = deepcopy(plan)


class FakeLinks:
    """Links and requests for them in dictionaries."""

    def __init__(self) -> None:
        self.rows: dict[UUID, Link] = {}
        self.requests: dict[UUID, tuple[str, datetime]] = {}

    def add(self, link: Link) -> None:
        self.rows[link.id] = deepcopy(link)

    def partner_of(self, link_id: UUID) -> UUID:
        return self.lock(link_id).partner_id

    def lock(self, link_id: UUID) -> Link:
        if link_id not in self.rows:
            raise LinkRefused("link_invalid")
        return deepcopy(self.rows[link_id])

    def save(self, link: Link) -> None:
        self.rows[link.id] = deepcopy(link)

    def expire_unused(self, partner_id: UUID, at: datetime, *, of_contact: bool = False) -> None:
        for link in self.rows.values():
            if of_contact and link.member_id is not None:
                continue
            if link.partner_id == partner_id and link.used_at is None and link.expires_at > at:
                link.expires_at = at

    def last_requested(self, partner_id: UUID) -> datetime:
        its = [
            one.created_at for one in self.rows.values() if one.partner_id == partner_id and one.is_requested
        ]
        return max(its, default=datetime.min.replace(tzinfo=UTC))

    def request(self, request_id: UUID, email: str, at: datetime) -> None:
        self.requests[request_id] = (canonical_address(email), at)

    def take_request(self, request_id: UUID) -> str | None:
        email, _ = self.requests.pop(request_id, (None, None))
        return email

    def forget_requests(self, before: datetime) -> int:
        old = [request_id for request_id, (_, at) in self.requests.items() if at < before]
        for request_id in old:
            del self.requests[request_id]
        return len(old)


class FakeMailTurns:
    """Turns and waiting mails in dictionaries."""

    def __init__(self) -> None:
        self.turns: dict[tuple[Mailing, str], tuple[int, datetime, str | None]] = {}
        self.mails: dict[tuple[UUID, UUID], tuple[WaitingMail, str]] = {}

    def take(self, mailing: Mailing, email: str, gaps: MailGaps, at: datetime) -> datetime | None:
        key, who = _turn_of(mailing, email), canonical_address(email)
        sent, next_at, holder = self.turns.get(key, (0, at, who))
        if next_at > at:
            return next_at
        self.turns[key] = (sent + 1, at + gaps.after(sent + 1), who if who == holder else None)
        return None

    def release(self, mailing: Mailing, email: str, at: datetime) -> None:
        turn, mailbox = _turn_of(mailing, email), counted_mailbox(email)
        if turn in self.turns and self.turns[turn][2] == canonical_address(email):
            del self.turns[turn]
        for key, (mail, waits_for) in self.mails.items():
            if waits_for == mailbox:
                self.mails[key] = (replace(mail, due_at=min(at, mail.due_at)), mailbox)

    def keep_waiting(self, mail: WaitingMail, email: str) -> None:
        self.mails[mail.partner_id, mail.member_id] = (mail, counted_mailbox(email))

    def drop_waiting(self, partner_id: UUID, member_id: UUID) -> None:
        self.mails.pop((partner_id, member_id), None)

    def waiting(self, partner_id: UUID, member_id: UUID) -> WaitingMail | None:
        found = self.mails.get((partner_id, member_id))
        return found and found[0]

    def due(self, at: datetime, most: int, after: WaitingMail | None) -> list[WaitingMail]:
        assert after is None, "one page is enough here"
        found = [mail for mail, _ in self.mails.values() if mail.due_at <= at]
        found.sort(key=lambda mail: (mail.due_at, mail.partner_id, mail.member_id), reverse=True)
        return found[:most]

    def forget(self, before: datetime) -> int:
        old = [key for key, (_, next_at, _) in self.turns.items() if next_at < before]
        for key in old:
            del self.turns[key]
        return len(old)


def _turn_of(mailing: Mailing, email: str) -> tuple[Mailing, str]:
    form = canonical_address if mailing is Mailing.SIGN_IN else counted_mailbox
    return mailing, form(email)


class FakeRequests:
    """Requests in a dictionary."""

    def __init__(self) -> None:
        self.rows: dict[UUID, Request] = {}

    def add(self, request: Request) -> None:
        self.rows[request.id] = deepcopy(request)

    def partner_of(self, request_id: UUID) -> UUID:
        if request_id not in self.rows:
            raise RequestUnknown
        return self.rows[request_id].partner_id

    def of_partner(self, partner_id: UUID) -> list[Request]:
        found = [deepcopy(row) for row in self.rows.values() if row.partner_id == partner_id]
        return sorted(found, key=lambda row: row.asked_at, reverse=True)

    def save(self, request: Request) -> None:
        self.rows[request.id] = deepcopy(request)


class FakeSessions:
    """Sessions in a dictionary."""

    def __init__(self) -> None:
        self.rows: dict[UUID, BegunSession] = {}
        self.ended: set[UUID] = set()

    def add(self, session: BegunSession) -> None:
        self.rows[session.id] = session

    def open_of(self, partner_id: UUID, at: datetime) -> list[BegunSession]:
        ours = [row for row in self.rows.values() if row.partner_id == partner_id and row.ends_at > at]
        return [row for row in ours if row.id not in self.ended]

    def end(
        self, partner_id: UUID, at: datetime, session_id: UUID | None = None, spared: UUID | None = None
    ) -> list[UUID]:
        going_on = [row.id for row in self.open_of(partner_id, at) if row.id != spared]
        ended = [one for one in going_on if session_id in {None, one}]
        self.ended.update(ended)
        return ended

    def forget(self, before: datetime) -> int:
        old = [row.id for row in self.rows.values() if row.ends_at < before]
        for session_id in old:
            del self.rows[session_id]
        return len(old)


class FakeDrafts:
    """Drafts in a dictionary."""

    def __init__(self) -> None:
        self.rows: dict[UUID, Draft] = {}

    def add(self, draft: Draft) -> None:
        self.rows[draft.id] = draft

    def find(self, draft_id: UUID, at: datetime) -> Draft | None:
        found = self.rows.get(draft_id)
        return found if found and found.expires_at > at else None

    def save(self, draft_id: UUID, answers: Mapping[str, Any], at: datetime) -> bool:
        found = self.find(draft_id, at)
        if found:
            self.rows[draft_id] = replace(found, answers=answers, saved_at=at)
        return found is not None

    def take(self, draft_id: UUID, at: datetime) -> Draft | None:
        return self.rows.pop(draft_id, None) if self.find(draft_id, at) else None

    def take_expired(self, at: datetime, most: int) -> list[Draft]:
        old = [row for row in self.rows.values() if row.expires_at <= at][:most]
        for row in old:
            del self.rows[row.id]
        return old


class FakePasskeys:
    """Passkeys by their credentials, challenges by their bytes."""

    def __init__(self) -> None:
        self.rows: dict[bytes, Passkey] = {}
        self.challenges: dict[bytes, Challenge] = {}

    def add(self, passkey: Passkey) -> bool:
        return self.rows.setdefault(passkey.credential_id, passkey) is passkey

    def find(self, credential_id: bytes) -> Passkey | None:
        return self.rows.get(credential_id)

    def of_member(self, member_id: UUID) -> list[Passkey]:
        found = [row for row in self.rows.values() if row.member_id == member_id]
        return sorted(found, key=lambda row: row.added_at, reverse=True)

    def save_use(self, passkey: Passkey) -> None:
        self.rows[passkey.credential_id] = passkey

    def remove(self, member_id: UUID, passkey_id: UUID) -> bool:
        found = [row for row in self.of_member(member_id) if row.id == passkey_id]
        for row in found:
            del self.rows[row.credential_id]
        return bool(found)

    def forget_person(self, member_id: UUID) -> None:
        for row in self.of_member(member_id):
            del self.rows[row.credential_id]

    def add_challenge(self, challenge: Challenge) -> None:
        self.challenges[challenge.value] = challenge

    def take_challenge(self, value: bytes, at: datetime) -> Challenge | None:
        found = self.challenges.pop(value, None)
        return found if found and found.expires_at > at else None

    def forget_challenges(self, before: datetime) -> int:
        old = [value for value, one in self.challenges.items() if one.expires_at < before]
        for value in old:
            del self.challenges[value]
        return len(old)


class FakeTimelines:
    """Entries in a list, each event once."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []

    def add(self, entry: Entry) -> None:
        if (entry.source, entry.event_id) not in {(old.source, old.event_id) for old in self.entries}:
            self.entries.append(entry)


class FakeImportedApplications:
    """By the digest of their content."""

    def __init__(self) -> None:
        self.holders: dict[bytes, UUID] = {}

    def take(self, digest: bytes, partner_id: UUID, at: datetime) -> UUID:
        return self.holders.setdefault(digest, partner_id)

    def hand_on(self, digest: bytes, partner_id: UUID, at: datetime) -> None:
        self.holders[digest] = partner_id


class FakeWork:
    """What a handler works with, at a time that a test moves by hand."""

    opened: ClassVar[list["FakeWork"]] = []

    def __init__(self, policies: Policies) -> None:
        self.policies = policies
        self.links = FakeLinks()
        self.partners = FakePartners(self.links)
        self.automatic_approvals = FakeAutomaticApprovals()
        self.access_plans = FakeAccessPlans()
        self.mail_turns = FakeMailTurns()
        self.requests = FakeRequests()
        self.imported_applications = FakeImportedApplications()
        self.sessions = FakeSessions()
        self.drafts = FakeDrafts()
        self.passkeys = FakePasskeys()
        self.timelines = FakeTimelines()
        self.events: list[OutgoingEvent] = []
        self.states: dict[UUID, PartnerState] = {}
        self.jobs: list[Job] = []
        self.forgotten: set[tuple[UUID, UUID]] = set()
        self.time = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
        self.opened.append(self)

    def emit(self, event: Event | Tombstone) -> OutgoingEvent:
        """Remember an event; snapshots stand apart, the last one of each partner."""
        sent = OutgoingEvent.of(event, self.time)
        if isinstance(event, PartnerState):
            self.states[event.partner_id] = event
        else:
            self.events.append(sent)
        return sent

    def defer(self, job: Job) -> None:
        self.jobs.append(job)

    def forget_emitted(self, partner_id: UUID, member_id: UUID) -> None:
        self.forgotten.add((partner_id, member_id))

    def untold(self) -> set[UUID]:
        """Partners whose rows say something else than the snapshot that was told last."""
        return {
            partner_id
            for partner_id, partner in self.partners.rows.items()
            if self.states.get(partner_id) != PartnerState.of(partner, self.access_plans.of(partner_id))
        }

    def now(self) -> datetime:
        return self.time

    def let_pass(self, **duration: float) -> None:
        """Move the clock on."""
        self.time += timedelta(**duration)

    def names(self) -> list[str]:
        """The names of all events so far."""
        return [event.name for event in self.events]

    def last(self, name: str) -> dict[str, Any]:
        """The data of the newest event of that name."""
        return dict([event.data or {} for event in self.events if event.name == name][-1])
