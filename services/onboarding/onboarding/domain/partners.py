"""The partner: one company on its way from application to work in the cloud, and out again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from onboarding.domain import refusals
from onboarding.domain.agreements import Acceptance
from onboarding.domain.application import (
    CORRECTABLE_FIELDS,
    PROFILE_FIELDS,
    Member,
    Profile,
)
from onboarding.domain.bounds import PEOPLE
from onboarding.domain.finding import Finding
from onboarding.domain.membership import DECLINED, TAKES_MEMBERS, finding_of, may_ask_again
from onboarding.domain.moves import MOVES, Move
from onboarding.domain.registration import WRONG_NUMBER, Verdict
from onboarding.domain.states import State
from onboarding.domain.vocabulary import Language, Tier


@dataclass(frozen=True)
class Actor:
    """Who decided: the rules file, an operator by name, or the partner."""

    kind: Literal["rules", "operator", "partner"]
    name: str = ""


@dataclass(frozen=True)
class Decision:
    """The newest decision about the partner, with its reason."""

    reason: str
    by: Actor
    at: datetime


@dataclass(frozen=True)
class CorrectionRequest:
    """What an operator wants the applicant to put right."""

    fields: tuple[str, ...]
    message: str


@dataclass(kw_only=True)
class Partner:
    """State and facts of one partner; each method that moves it raises MoveNotAllowed elsewhere.

    ``shares_registration`` is what an operator decided: another company, though its number reads the same.
    ``declined_count`` counts people who were named and said that this is not right; nothing else is
    kept of them. ``contact_since`` is when the contact took over from somebody else, who is signed out by it.
    ``reminded_at`` is when the deadline of this state had its reminder.
    """

    id: UUID
    profile: Profile
    members: tuple[Member, ...]
    created_at: datetime
    state_entered_at: datetime
    state: State = State.APPLIED
    move_count: int = 0
    deadline_at: datetime | None = None
    email_verified_at: datetime | None = None
    screened_at: datetime | None = None
    findings: tuple[Finding, ...] = ()
    tier: Tier | None = None
    decision: Decision | None = None
    correction: CorrectionRequest | None = None
    acceptance: Acceptance | None = None
    shares_registration: bool = False
    declined_count: int = 0
    contact_since: datetime | None = None
    reminded_at: datetime | None = None

    @property
    def contact(self) -> Member:
        """The member that speaks for the company."""
        return next(person for person in self.members if person.is_contact)

    @property
    def confirmed_members(self) -> tuple[Member, ...]:
        """The people who said themselves that they belong to the company, and the contact."""
        return tuple(person for person in self.members if self.confirmation_of(person))

    @property
    def named_people(self) -> tuple[Member, ...]:
        """Those whom only the contact named so far."""
        return tuple(person for person in self.members if not self.confirmation_of(person))

    @property
    def takes_members(self) -> bool:
        """Whether somebody may become a member now."""
        return self.state in TAKES_MEMBERS

    def confirmation_of(self, person: Member) -> datetime | None:
        """When the person proved to be who they are said to be; the contact did by verifying the address."""
        return person.confirmed_at or (self.email_verified_at if person.is_contact else None)

    def standing_of(self, person: Member) -> Literal["contact", "confirmed", "asked", "named"]:
        """How far somebody is on the way to being a member."""
        if person.is_contact:
            return "contact"
        if person.confirmed_at:
            return "confirmed"
        return "asked" if person.asked_at else "named"

    def person(self, member_id: UUID) -> Member:
        """One of the people by id; raises NotAMember, also for who declined."""
        found = next((person for person in self.members if person.id == member_id), None)
        if found is None:
            raise refusals.NotAMember
        return found

    def name_of(self, member_id: UUID) -> str:
        """What one of the people is called; nothing for who is gone."""
        return next((person.full_name for person in self.members if person.id == member_id), "")

    def ask(self, member_id: UUID, at: datetime) -> Member:
        """Note that a named person is asked now; raises AskedTooOften, NotAMember."""
        person = self.person(member_id)
        if not may_ask_again(person, self.state, at):
            raise refusals.AskedTooOften
        return self._put(replace(person, asked_at=at, times_asked=person.times_asked + 1))

    def confirm(self, member_id: UUID, at: datetime) -> Member:
        """The person says that they belong to the company."""
        return self._put(replace(self.person(member_id), confirmed_at=at))

    def decline(self, member_id: UUID) -> None:
        """The person says that this is not right; all that is kept of them is that there was one."""
        self.members = tuple(person for person in self.members if person.id != member_id)
        self.declined_count += 1
        found = finding_of(self.declined_count)
        if found:
            self.findings = (*(old for old in self.findings if old.code != DECLINED), found)

    def name(self, person: Member) -> None:
        """Name one more person, who is to be asked; raises PersonRefused."""
        self._check_takes_changes()
        if any(known.mailbox == person.mailbox for known in self.members):
            raise refusals.PersonRefused("already_named", "email")
        if len(self.members) >= PEOPLE:
            raise refusals.PersonRefused("too_many_people")
        self.members = (*self.members, person)

    def remove(self, member_id: UUID) -> None:
        """Let a person go, confirmed or only named; raises NotAMember, PersonRefused for the contact."""
        person = self.person(member_id)
        self._check_takes_changes()
        if person.is_contact:
            raise refusals.PersonRefused("contact_stays")
        self.members = tuple(one for one in self.members if one is not person)

    def hand_over(self, member_id: UUID, at: datetime) -> Member:
        """Make a member the contact, and return the former one, who goes on as a member.

        Raises NotAMember, PersonRefused for who has not confirmed, or is the contact.
        """
        person, former = self.person(member_id), self.contact
        self._check_takes_changes()
        if person.is_contact or person.confirmed_at is None:
            raise refusals.PersonRefused("not_confirmed", "member_id")
        self._put(replace(former, is_contact=False, confirmed_at=self.confirmation_of(former) or at))
        self._put(replace(person, is_contact=True))
        self.members = (self.contact, *(one for one in self.members if not one.is_contact))
        self.contact_since = at
        return former

    def _check_takes_changes(self) -> None:
        if not self.takes_members:
            raise refusals.PersonRefused("takes_no_changes")

    def choose_language(self, member_id: UUID, language: Language) -> bool:
        """Write to this person in another language, and return whether it is another; raises NotAMember."""
        person = self.person(member_id)
        self._put(replace(person, language=language))
        return person.language is not language

    def _put(self, changed: Member) -> Member:
        self.members = tuple(changed if old.id == changed.id else old for old in self.members)
        return changed

    @property
    def takes_links(self) -> bool:
        """Whether a link that somebody asks for goes out: to who is new, or confirmed the address."""
        return self.state is State.APPLIED or self.email_verified_at is not None

    @property
    def awaits_screening(self) -> bool:
        """True from verification or correction until the screening ran."""
        return self.state in {State.EMAIL_VERIFIED, State.IN_REVIEW} and self.screened_at is None

    def check(self, move: Move) -> None:
        """Raise MoveNotAllowed unless ``move`` may start in the present state."""
        if self.state not in MOVES[move].sources:
            raise refusals.MoveNotAllowed(move, self.state)

    def go(self, move: Move, at: datetime) -> None:
        """Make a move that changes nothing but the state."""
        self.check(move)
        self.state = MOVES[move].target
        self.state_entered_at = at
        self.deadline_at = self.reminded_at = None
        self.move_count += 1

    def verify_email(self, at: datetime) -> None:
        """The contact opened the link that only this email address got."""
        self.go(Move.VERIFY_EMAIL, at)
        self.email_verified_at = at

    def correct_address(self, email: str) -> None:
        """Replace the contact's address, which nobody has confirmed; raises MoveNotAllowed afterwards.

        Raises CorrectionRefused for the address of somebody else of the company.
        """
        self.check(Move.VERIFY_EMAIL)
        contact = replace(self.contact, email=email)
        if any(person.mailbox == contact.mailbox for person in self.members if not person.is_contact):
            raise refusals.CorrectionRefused("Someone else has this address already.", "email")
        self._put(contact)

    def start_review(self, findings: Iterable[Finding], at: datetime) -> None:
        """Screening looked at the application for the first time."""
        self.go(Move.START_REVIEW, at)
        self.note_screening(findings, at)

    def note_screening(self, findings: Iterable[Finding], at: datetime) -> None:
        """Keep what screening found."""
        self.findings = tuple(findings)
        self.screened_at = at

    def approve(self, tier: Tier, decision: Decision) -> None:
        """Take the company as a partner of that tier."""
        self.decide(Move.APPROVE, decision)
        self.tier = tier

    @property
    def may_change_tier(self) -> bool:
        """Whether there is a tier by which the catalogue decides, now or at the agreement."""
        return self.tier is not None and self.state in TAKES_MEMBERS

    def change_tier(self, tier: Tier) -> Tier:
        """Give it another tier and return the former one; raises TierNotChanged."""
        former = self.tier
        if former is None or not self.may_change_tier:
            message = f"The tier of a partner that is {self.state} does not change."
            raise refusals.TierNotChanged(message, state=self.state)
        if former is tier:
            raise refusals.TierNotChanged(f"The partner is {tier} already.", state=self.state)
        self.tier = tier
        return former

    def ask_for_correction(self, request: CorrectionRequest, decision: Decision) -> None:
        """Hand the application back; raises CorrectionRefused for fields that cannot be corrected."""
        self.check(Move.ASK_FOR_CORRECTION)
        unknown = tuple(name for name in request.fields if name not in CORRECTABLE_FIELDS)
        if unknown or not request.fields:
            raise refusals.CorrectionRefused(
                "Only what the application form asks can be corrected.", *unknown
            )
        self.decide(Move.ASK_FOR_CORRECTION, decision)
        self.correction = request

    def submit_correction(self, changes: Mapping[str, Any], at: datetime) -> tuple[str, ...]:
        """Put the application right and return the names of the fields that differ now.

        ``changes`` holds profile fields and ``members`` (those beside the contact). Raises
        CorrectionRefused for fields that were not asked for, and when there are none at all.
        """
        self.check(Move.SUBMIT_CORRECTION)
        asked = self.correction.fields if self.correction else ()
        not_asked = tuple(name for name in changes if name not in asked)
        if not_asked:
            raise refusals.CorrectionRefused(f"These were asked for: {', '.join(asked)}.", *not_asked)
        if not changes:
            raise refusals.CorrectionRefused("A correction changes at least one field.")
        if any(person.mailbox == self.contact.mailbox for person in changes.get("members", ())):
            raise refusals.CorrectionRefused("The contact need not be named again.", "members")
        changed = self._apply_changes(changes)
        # A number that was taken before its register was known here does not stand in the way of the rest.
        is_number_asked = "registration_number" in changes
        if is_number_asked or "country" in changed:
            self._check_number("registration_number" if is_number_asked else "country")
        self.go(Move.SUBMIT_CORRECTION, at)
        self.correction = None
        self.screened_at = None
        self.findings = ()
        return changed

    def check_active(self) -> None:
        """Raise NotActive unless the partnership is in force and not suspended."""
        if self.state is not State.ACTIVE:
            raise refusals.NotActive(self.state)

    def change_profile(self, changes: Mapping[str, Any]) -> tuple[str, ...]:
        """Take other facts of the company in and return the names of the fields that differ now.

        Raises CorrectionRefused for a number that its register calls wrong.
        """
        changed = self._apply_changes(changes)
        if {"registration_number", "country"} & set(changed):
            self._check_number("registration_number")
        return changed

    def _check_number(self, field: str) -> None:
        if self.profile.registration.verdict is Verdict.WRONG:
            raise refusals.CorrectionRefused(WRONG_NUMBER, field)

    def _apply_changes(self, changes: Mapping[str, Any]) -> tuple[str, ...]:
        profile = {name: value for name, value in changes.items() if name in PROFILE_FIELDS}
        changed = [name for name, value in profile.items() if getattr(self.profile, name) != value]
        self.profile = replace(self.profile, **profile)
        if "members" in changes:
            self.members = (self.contact, *changes["members"])
            changed.append("members")
        return tuple(changed)

    def accept_agreement(self, acceptance: Acceptance) -> None:
        """Bind the partner to the agreement's words."""
        self.go(Move.ACCEPT_AGREEMENT, acceptance.accepted_at)
        self.acceptance = acceptance

    def decide(self, move: Move, decision: Decision) -> None:
        """Make a move that somebody decided on, for a reason."""
        self.go(move, decision.at)
        self.decision = decision
