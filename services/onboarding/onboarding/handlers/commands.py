"""What people and jobs may ask for, in the order of a partner's life."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from uuid_utils.compat import uuid7

from chassis.frozen import Command
from onboarding.domain.application import Member, Profile
from onboarding.domain.begun_sessions import BegunSession
from onboarding.domain.partners import Actor
from onboarding.domain.passkeys import Challenge
from onboarding.domain.requests import Kind
from onboarding.domain.vocabulary import Language, Tier


class Apply(Command):
    """A company wants to be a partner; ``members`` hold the contact, marked; ``partner_id`` is its new id."""

    profile: Profile
    members: Sequence[Member]
    partner_id: UUID = field(default_factory=uuid7)


class SaveDraft(Command):
    """Save an application as a draft; the link goes to ``email``, in this language."""

    email: str
    language: Language
    answers: Mapping[str, Any]


class SaveDraftAgain(Command):
    """Somebody who holds the link of a draft has other answers."""

    draft_id: UUID
    answers: Mapping[str, Any]


class ImportApplication(Command):
    """An operator brings an application in; ``digest`` is that of its content."""

    application: Apply
    digest: bytes


class CorrectAddress(Command):
    """The applicant mistyped the address that the first mail goes to."""

    partner_id: UUID
    email: str


class OpenLink(Command):
    """Someone holds a link whose signature was checked; ``visit`` names one showing of its page."""

    link_id: UUID
    visit: UUID | None = None

    @property
    def session_id(self) -> UUID | None:
        """Of the session that it begins: each click of a visit is the same one."""
        return self.visit and uuid5(self.link_id, str(self.visit))


class AnswerMembership(Command):
    """A named person says whether they belong to the company; ``visit`` as in `OpenLink`."""

    link_id: UUID
    is_right: bool
    visit: UUID | None = None


class AskAgain(Command):
    """The contact wants a person who has not answered asked once more."""

    partner_id: UUID
    member_id: UUID


class NamePerson(Command):
    """The contact names one more person."""

    partner_id: UUID
    person: Member


class AboutMember(Command):
    """The contact or an operator acts on one of the people."""

    partner_id: UUID
    member_id: UUID
    by: Actor


class RemovePerson(AboutMember):
    """The contact or an operator wants a person to belong to the partner no more."""


class HandOver(AboutMember):
    """The contact or an operator wants another member to speak for the partner."""


class RequestLink(Command, kw_only=False):
    """Someone, perhaps nobody we know, wants a fresh link sent to that address."""

    email: str


class SendRequestedLink(Command, kw_only=False):
    """The job that looks up who is behind the address."""

    request_id: UUID


class SendWaitingMail(Command):
    """The job that retries a mail that waits for its mailbox's turn."""

    partner_id: UUID
    member_id: UUID


class OfPartner(Command, kw_only=False):
    """Names a partner, and nothing else."""

    partner_id: UUID


class ScreenPartner(OfPartner):
    """The job after verification and after a correction."""


class DecideOnPartner(Command):
    """Somebody decides about a partner, and says why."""

    partner_id: UUID
    reason: str
    by: Actor


class ApprovePartner(DecideOnPartner):
    """An operator approves the company; ``other_than`` has the same number and is another company.

    ``email`` is the operator's verified address, None for a machine.
    """

    tier: Tier
    email: str | None = None
    other_than: UUID | None = None


class RejectPartner(DecideOnPartner):
    """An operator rejects the company."""


class AskForCorrection(Command):
    """An operator returns the application for correction."""

    partner_id: UUID
    fields: tuple[str, ...]
    message: str
    by: Actor


class SubmitCorrection(Command):
    """The applicant corrects it: profile fields, and ``members`` beside the contact."""

    partner_id: UUID
    changes: Mapping[str, Any]


class AcceptAgreement(Command):
    """The partner's contact agrees to the words as shown in ``language``."""

    partner_id: UUID
    version: str
    language: Language


class ChangeTier(DecideOnPartner):
    """An operator gives a partner another tier; ``email`` is the operator's own, where it is known."""

    tier: Tier
    email: str | None = None


class SuspendPartner(DecideOnPartner):
    """An operator switches the access off without destroying it."""


class ResumePartner(DecideOnPartner):
    """An operator switches the access on again."""


class WithdrawPartner(Command):
    """The applicant no longer wants to be a partner."""

    partner_id: UUID
    reason: str | None


class RequestOffboarding(DecideOnPartner):
    """The partner, by one of its sessions, or an operator ends the partnership."""

    session_id: UUID | None = None


class ChooseLanguage(Command):
    """One of a partner's people reads pages and mails in that language from now on."""

    partner_id: UUID
    member_id: UUID
    language: Language


class ExportPartner(OfPartner):
    """Somebody takes along all that is kept about the partner."""


class SignOut(Command, kw_only=False):
    """Somebody ends the session by which they ask, and all others of the partner if it is everywhere."""

    session: BegunSession
    is_everywhere: bool = False


class EndSessions(Command):
    """One of the partner's sessions is ended, or all of them but the one that is ``spared``."""

    partner_id: UUID
    session_id: UUID | None = None
    spared: UUID | None = None


class AskFor(Command):
    """An active partner asks for more time (so many days of the grant ``about``), a product, a competence."""

    partner_id: UUID
    kind: Kind
    about: str
    reason: str
    days: int = 0


class WithdrawRequest(Command):
    """The partner does not want any more what it asked for."""

    partner_id: UUID
    request_id: UUID


class DecideOnRequest(Command):
    """An operator decides of what a partner asks for; ``email`` as in `ApprovePartner`."""

    request_id: UUID
    reason: str
    by: Actor
    email: str | None = None


class ApproveRequest(DecideOnRequest):
    """The partner is to have it."""


class RefuseRequest(DecideOnRequest):
    """It is not; it reads the reason."""


class ChangeProfile(Command):
    """An active partner says what is different about the company, by the names of the profile's fields."""

    partner_id: UUID
    changes: Mapping[str, Any]
    reason: str = ""


class BeginAddingPasskey(Command):
    """The contact, who signed in at some time, wants to add a passkey."""

    partner_id: UUID
    signed_in_at: datetime


class TakeChallenge(Command, kw_only=False):
    """A browser has answered some challenge."""

    credential: Mapping[str, Any]


class AddPasskey(Command):
    """The browser has made one; ``challenge`` is what it answers, used up."""

    partner_id: UUID
    name: str
    credential: Mapping[str, Any]
    challenge: Challenge


class SignInByPasskey(Command):
    """Somebody's browser has used one; ``challenge`` is what it answers, used up."""

    credential: Mapping[str, Any]
    challenge: Challenge


class RemovePasskey(Command):
    """The contact does not want to sign in by it any more."""

    partner_id: UUID
    passkey_id: UUID


class ErasePartner(OfPartner):
    """An operator wants a former partner erased, or it was kept for long enough."""


class MeetDeadline(OfPartner):
    """The job that runs when a partner has waited long enough."""


class RemindContact(OfPartner):
    """The job that runs when a deadline is near."""


class RemindPerson(SendWaitingMail):
    """The job that runs when the link of a person who was asked is about to end."""


class PublishState(OfPartner):
    """An operator, or a relay on a new cluster, wants the snapshot sent again."""
