"""The events that onboarding sends, one class for each contract of its topics."""

from dataclasses import fields
from datetime import datetime
from typing import Any, Literal, Self
from uuid import UUID

from chassis.events import Event
from chassis.frozen import Frozen
from onboarding.domain import access, application, links, requests
from onboarding.domain.finding import Finding
from onboarding.domain.partners import Actor, Decision, Partner
from onboarding.domain.states import State, WaitsFor
from onboarding.domain.vocabulary import Competence, Language, PartnerType, Product, Tier


class Member(Frozen):
    """One of the partner's people, with name and address: the contract marks them as personal.

    It has two names, so who has one name has it twice, and a mark that says so.
    """

    member_id: UUID
    given_name: str
    family_name: str
    email: str
    language: Language
    is_contact: bool
    has_one_name: bool = False

    @classmethod
    def of(cls, person: application.Member) -> Self:
        return cls(
            member_id=person.id,
            given_name=person.given_name,
            family_name=person.family_name or person.given_name,
            email=person.email,
            language=person.language,
            is_contact=person.is_contact,
            has_one_name=not person.family_name,
        )


class Link(Frozen):
    """A link by its id; the link itself never stands in an event."""

    id: UUID
    purpose: links.Purpose
    expires_at: datetime

    @classmethod
    def of(cls, link: links.Link) -> Self:
        return cls(id=link.id, purpose=link.purpose, expires_at=link.expires_at)


class DecidedBy(Frozen):
    """The rule, or the operator."""

    kind: Literal["rules", "operator"]
    name: str

    @classmethod
    def of(cls, by: Actor) -> Self:
        if by.kind == "partner":
            raise ValueError("No partner decides about itself.")
        return cls(kind=by.kind, name=by.name)


class RequestedBy(Frozen):
    """The partner, or an operator by name."""

    kind: Literal["partner", "operator"]
    name: str = ""

    @classmethod
    def of(cls, by: Actor) -> Self:
        if by.kind == "rules":
            raise ValueError("No rule ends a partnership, or decides about its people.")
        return cls(kind=by.kind, name=by.name)


class ActivatedProduct(Frozen):
    """One grant as it stood."""

    product: str
    grant_id: UUID
    state: access.GrantState
    sign_in_url: str | None = None


class Grant(Frozen):
    """One grant in the snapshot; causes and identifiers stay with those who may see them."""

    grant_id: UUID
    product: str
    required: bool
    state: access.GrantState


class Company(Frozen):
    """The facts that the other services decide by."""

    legal_name: str
    country: str
    partner_type: PartnerType
    competences: tuple[Competence, ...]
    products_wanted: tuple[Product, ...]
    language: Language

    @classmethod
    def facts_of(cls, profile: application.Profile) -> dict[str, Any]:
        """What of the profile this class has fields for."""
        told = {field.name for field in fields(cls)}
        return {name: value for name, value in vars(profile).items() if name in told}


class LifecycleEvent(Event, topic="partner.lifecycle.v1", subject_field="partner_id"):
    """A step in a partner's life, or something said on the way."""

    partner_id: UUID


class PartnerApplied(Company, LifecycleEvent, name="partner.applied"):
    """A company wants to be a partner."""

    registration_number: str
    website: str
    expected_benefits: str
    member_count: int


class PartnerEmailVerificationRequested(LifecycleEvent, name="partner.email_verification_requested"):
    """The contact is to prove the address."""

    contact: Member
    link: Link
    reason: Literal["applied", "requested_again"]


class OtherPartner(Frozen):
    """Another partner with the same contact."""

    partner_id: UUID
    legal_name: str
    link: Link


class PartnerSignInRequested(LifecycleEvent, name="partner.sign_in_requested"):
    """The contact wants to come in; where it has other partners, one mail has a link to each."""

    link: Link
    legal_name: str = ""
    others: tuple[OtherPartner, ...] = ()


class PartnerEmailVerified(LifecycleEvent, name="partner.email_verified", may_wait=True):
    """The contact opened the link that only this address got."""


class PartnerReviewStarted(LifecycleEvent, name="partner.review_started", may_wait=True):
    """Screening looked at the application; ``automatic`` if a rule decides."""

    automatic: bool
    findings: tuple[Finding, ...]


class PartnerActionRequired(LifecycleEvent, name="partner.action_required"):
    """An operator hands the application back."""

    fields: tuple[str, ...]
    message: str
    link: Link


class PartnerCorrectionSubmitted(LifecycleEvent, name="partner.correction_submitted"):
    """The applicant put it right."""

    changed_fields: tuple[str, ...]


class DecisionEvent(LifecycleEvent):
    """Somebody decided, for a reason that the partner reads."""

    reason: str
    decided_by: DecidedBy

    @classmethod
    def of(cls, partner_id: UUID, decision: Decision, **more: Any) -> Self:
        decided_by = DecidedBy.of(decision.by)
        return cls(partner_id=partner_id, reason=decision.reason, decided_by=decided_by, **more)


class PartnerApproved(Company, DecisionEvent, name="partner.approved"):
    """The company is taken in, with all that the other services need."""

    tier: Tier
    members: tuple[Member, ...]
    agreement_version: str
    link: Link


class PartnerRejected(DecisionEvent, name="partner.rejected"):
    """The company is turned down."""


class PartnerAgreementAccepted(LifecycleEvent, name="partner.agreement_accepted"):
    """The contact accepted the agreement in force."""

    agreement_version: str
    accepted_by: UUID
    accepted_at: datetime


class PartnerProvisioningStarted(LifecycleEvent, name="partner.provisioning_started", may_wait=True):
    """The plan is known and being carried out."""


class PartnerActivated(LifecycleEvent, name="partner.activated"):
    """All that is required is there."""

    products: tuple[ActivatedProduct, ...]
    link: Link


class PartnerSuspended(DecisionEvent, name="partner.suspended"):
    """All access is switched off."""


class PartnerTierChanged(DecisionEvent, name="partner.tier_changed"):
    """What is due to it follows."""

    tier: Tier
    former_tier: Tier


class PartnerResumed(DecisionEvent, name="partner.resumed"):
    """All access is switched on again."""


class PartnerOffboardingStarted(LifecycleEvent, name="partner.offboarding_started"):
    """The partnership ends; what was made is undone."""

    reason: str
    requested_by: RequestedBy


class PartnerOffboarded(LifecycleEvent, name="partner.offboarded"):
    """Nothing is left."""


class PartnerWithdrawn(LifecycleEvent, name="partner.withdrawn"):
    """The applicant no longer wants to be a partner."""

    reason: str = ""


class PartnerDeadlineNear(LifecycleEvent, name="partner.deadline_near"):
    """The contact is to act in time, or the application is closed."""

    waits_for: WaitsFor
    deadline_at: datetime
    link: Link


class PartnerExpired(LifecycleEvent, name="partner.expired"):
    """Nobody pursued the application."""


class PartnerErased(LifecycleEvent, name="partner.erased"):
    """All that was kept of the partner is gone; consumers erase their copies."""

    erased_at: datetime


class PartnerMemberConfirmationRequested(LifecycleEvent, name="partner.member_confirmation_requested"):
    """A named person is asked whether they belong to the company."""

    member: Member
    legal_name: str
    link: Link
    reason: Literal["named", "requested_again"]
    is_reminder: bool = False


class PartnerMemberAdded(LifecycleEvent, name="partner.member_added"):
    """The person said yes."""

    member: Member
    confirmed_at: datetime


class PartnerMemberDeclined(LifecycleEvent, name="partner.member_declined"):
    """The person said no."""

    member_id: UUID
    declined_at: datetime


class PartnerMemberRemoved(LifecycleEvent, name="partner.member_removed"):
    """The person belongs to the partner no more, or is not asked any more."""

    member_id: UUID
    requested_by: RequestedBy
    removed_at: datetime


class PartnerContactChanged(LifecycleEvent, name="partner.contact_changed"):
    """Another member speaks for the partner."""

    member_id: UUID
    former_member_id: UUID
    requested_by: RequestedBy
    link: Link
    changed_at: datetime


class DraftWriter(Frozen):
    """Who saved a draft: no name yet, and an address that nobody has confirmed."""

    member_id: UUID
    email: str
    language: Language


class DraftLink(Frozen):
    """A link by its id, which opens a draft as often as wanted."""

    id: UUID
    expires_at: datetime


class DraftEvent(Event, topic="partner.drafts.v1", subject_field="partner_id"):
    """Of an application that is not sent in yet: there is no partner, and may never be one."""

    partner_id: UUID


class PartnerDraftSaved(DraftEvent, name="partner.draft_saved"):
    """An application was saved as a draft; its writer is to get the link to it."""

    member: DraftWriter
    link: DraftLink


class PartnerDraftEnded(DraftEvent, name="partner.draft_ended"):
    """The draft was sent in, or is over: its writer is to be forgotten."""

    member_id: UUID
    ended_at: datetime


class PartnerSessionsEnded(
    Event, topic="partner.sessions.v1", subject_field="partner_id", name="partner.sessions_ended"
):
    """Sessions are over before their time, wherever their tokens are still good."""

    partner_id: UUID
    session_ids: tuple[UUID, ...]
    ended_at: datetime


class PartnerPasskeyAdded(LifecycleEvent, name="partner.passkey_added"):
    """The contact can sign in by one more passkey."""

    member_id: UUID
    passkey_id: UUID
    added_at: datetime


class PartnerPasskeyRemoved(LifecycleEvent, name="partner.passkey_removed"):
    """The contact no longer signs in by a passkey."""

    member_id: UUID
    passkey_id: UUID
    removed_at: datetime


class PartnerRequested(LifecycleEvent, name="partner.requested"):
    """The partner asks for something; what exactly stands in the fields of its kind."""

    request_id: UUID
    kind: requests.Kind
    grant_id: UUID | None = None
    product: str | None = None
    ends_at: datetime | None = None
    competence: Competence | None = None

    @classmethod
    def of(cls, request: requests.Request, **more: Any) -> Self:
        details = request.details
        return cls(
            partner_id=request.partner_id,
            request_id=request.id,
            kind=request.kind,
            grant_id=UUID(request.about) if request.kind is requests.Kind.MORE_TIME else None,
            product=details.get("product"),
            ends_at=datetime.fromisoformat(details["ends_at"]) if "ends_at" in details else None,
            competence=Competence(request.about) if request.kind is requests.Kind.COMPETENCE else None,
            **more,
        )


class PartnerRequestDecided(PartnerRequested, name="partner.request_decided"):
    """It is approved, and to be carried out, or refused."""

    outcome: Literal["approved", "refused"]
    reason: str
    decided_by: DecidedBy


class PartnerProfileChanged(Company, LifecycleEvent, name="partner.profile_changed"):
    """The company's facts are others now; all of them, and which differ."""

    registration_number: str
    website: str
    changed_fields: tuple[str, ...]


class PartnerLanguageChosen(LifecycleEvent, name="partner.language_chosen"):
    """One of the people is written to in another language."""

    member_id: UUID
    language: Language


class PartnerState(
    Company,
    Event,
    topic="partner.state.v1",
    name="partner.state",
    subject_field="partner_id",
    is_snapshot=True,
    may_wait=True,
):
    """The whole of a partner as it is: no person, and nothing in anybody's own words."""

    partner_id: UUID
    state: State
    state_entered_at: datetime
    deadline_at: datetime | None
    applied_at: datetime
    registration_number: str
    website: str
    member_count: int
    confirmed_member_count: int = 0
    tier: Tier | None
    agreement_version: str | None
    agreement_accepted_at: datetime | None
    grants: tuple[Grant, ...]

    @classmethod
    def of(cls, partner: Partner, plan: access.AccessPlan) -> Self:
        acceptance = partner.acceptance
        return cls(
            partner_id=partner.id,
            state=partner.state,
            state_entered_at=partner.state_entered_at,
            deadline_at=partner.deadline_at,
            applied_at=partner.created_at,
            **cls.facts_of(partner.profile),
            member_count=len(partner.members),
            confirmed_member_count=len(partner.confirmed_members),
            tier=partner.tier,
            agreement_version=acceptance.version if acceptance else None,
            agreement_accepted_at=acceptance.accepted_at if acceptance else None,
            grants=grants_of(plan),
        )


def grants_of(plan: access.AccessPlan) -> tuple[Grant, ...]:
    """What the snapshot shows of the grants."""
    return tuple(
        Grant(grant_id=grant.id, product=grant.product, required=grant.is_required, state=grant.state)
        for grant in sorted(plan.grants.values(), key=lambda grant: grant.id)
    )
