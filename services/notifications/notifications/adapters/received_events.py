"""The events that notifications reads: only the fields that are used here, everything else is ignored."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, post_load

from chassis.messaging.subscriptions import OpenSchema
from notifications.domain.messages import LinkIntent


class ReceivedSchema(OpenSchema):
    """An event about a partner."""

    partner_id = fields.UUID(required=True)


class MemberRead(OpenSchema):
    """A person, as mails need it; who has one name has no family name."""

    member_id = fields.UUID(required=True)
    given_name = fields.String(required=True)
    family_name = fields.String(required=True)
    email = fields.String(required=True)
    language = fields.String(required=True)
    is_contact = fields.Boolean(required=True)
    has_one_name = fields.Boolean()

    @post_load
    def read_names(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The event gives a single name twice."""
        return {**data, "family_name": ""} if data.pop("has_one_name", False) else data


class LinkRead(OpenSchema):
    """A link that we sign when the mail is rendered."""

    id = fields.UUID(required=True)
    purpose = fields.String(load_default="")
    expires_at = fields.AwareDateTime(required=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> LinkIntent:
        return LinkIntent(**data)


class EmailVerificationRequested(ReceivedSchema):
    contact = fields.Nested(MemberRead, required=True)
    link = fields.Nested(LinkRead, required=True)


class MemberConfirmationRequested(ReceivedSchema):
    member = fields.Nested(MemberRead, required=True)
    link = fields.Nested(LinkRead, required=True)


class MemberAdded(ReceivedSchema):
    member = fields.Nested(MemberRead, required=True)


class DraftWriterRead(OpenSchema):
    """Who put an application by."""

    member_id = fields.UUID(required=True)
    email = fields.String(required=True)
    language = fields.String(required=True)


class DraftSaved(ReceivedSchema):
    member = fields.Nested(DraftWriterRead, required=True)
    link = fields.Nested(LinkRead, required=True)


class MemberNamed(ReceivedSchema):
    """Of an event that only has to say which person."""

    member_id = fields.UUID(required=True)


class PasskeyAdded(MemberNamed):
    added_at = fields.AwareDateTime(required=True)


class PasskeyRemoved(MemberNamed):
    removed_at = fields.AwareDateTime(required=True)


class ContactChanged(MemberNamed):
    """Another member speaks for the partner, and comes in by the link."""

    changed_at = fields.AwareDateTime(required=True)
    link = fields.Nested(LinkRead, required=True)


class OtherPartner(OpenSchema):
    """Another partner with the same contact."""

    legal_name = fields.String(required=True)
    link = fields.Nested(LinkRead, required=True)


class SignInRequested(ReceivedSchema):
    link = fields.Nested(LinkRead, required=True)
    legal_name = fields.String()
    others = fields.List(fields.Nested(OtherPartner))


class ActionRequired(ReceivedSchema):
    fields_to_correct = fields.List(fields.String(), required=True, data_key="fields")
    message = fields.String(required=True)
    link = fields.Nested(LinkRead, required=True)


class PartnerApproved(ReceivedSchema):
    """A value that we do not know (a new tier) is offered what is for all."""

    legal_name = fields.String(required=True)
    partner_type = fields.String(required=True)
    tier = fields.String(required=True)
    members = fields.List(fields.Nested(MemberRead), required=True)
    link = fields.Nested(LinkRead, required=True)


class ProductRead(OpenSchema):
    """How one product stands at activation."""

    product = fields.String(required=True)
    grant_id = fields.UUID(required=True)
    state = fields.String(required=True)
    sign_in_url = fields.String()


class PartnerActivated(ReceivedSchema):
    products = fields.List(fields.Nested(ProductRead), required=True)
    link = fields.Nested(LinkRead, required=True)


class WithReason(ReceivedSchema):
    """Of an event whose reason is told to the partner."""

    reason = fields.String(required=True)


class AccessGranted(ReceivedSchema):
    product = fields.String(required=True)
    grant_id = fields.UUID(required=True)
    identifiers = fields.Dict(keys=fields.String(), values=fields.String(), required=True)
    member_ids = fields.List(fields.UUID())
    first = fields.Boolean(load_default=False)


class AccessWaived(ReceivedSchema):
    product = fields.String(required=True)
    reason = fields.String(required=True)
    refused = fields.Boolean(load_default=False)


class LeaseRead(ReceivedSchema):
    """Of an event about how long a product is there."""

    product = fields.String(required=True)
    entry_name = fields.String()
    ends_at = fields.AwareDateTime(required=True)


class LeaseExpired(ReceivedSchema):
    product = fields.String(required=True)
    entry_name = fields.String()
    removal_at = fields.AwareDateTime(required=True)


class BudgetRead(ReceivedSchema):
    """Of an event about what a product cost this month."""

    product = fields.String(required=True)
    entry_name = fields.String()
    percent = fields.Integer(required=True, strict=True)
    budget_usd = fields.String(required=True)
    spent_usd = fields.String(required=True)


class GrantOfMember(OpenSchema):
    """A product that a person has a seat in."""

    product = fields.String(required=True)
    sign_in_url = fields.String()


class AccessMemberAdded(MemberNamed):
    products = fields.List(fields.Nested(GrantOfMember), required=True)


class PartnerRequestDecided(ReceivedSchema):
    """What was asked for, and what was decided."""

    kind = fields.String(required=True)
    product = fields.String()
    competence = fields.String()
    outcome = fields.String(required=True)
    reason = fields.String(required=True)


class PartnerTierChanged(WithReason):
    tier = fields.String(required=True)


class PartnerLanguageChosen(ReceivedSchema):
    """In which language one of the people is written to."""

    member_id = fields.UUID(required=True)
    language = fields.String(required=True)


class PartnerProfileChanged(ReceivedSchema):
    """What our words use of it."""

    legal_name = fields.String(required=True)
    partner_type = fields.String(required=True)


class OfIntegrator(OpenSchema):
    """An event about an integrator."""

    integrator_id = fields.UUID(required=True)


class IntegratorPerson(OpenSchema):
    """Somebody who signs in for it."""

    person_id = fields.UUID(required=True)
    name = fields.String(required=True)
    email = fields.String(required=True)
    language = fields.String(required=True)


class IntegratorSignInRequested(OfIntegrator):
    integrator_name = fields.String(required=True)
    person = fields.Nested(IntegratorPerson, required=True)
    link = fields.Nested(LinkRead, required=True)


class OfEndpoint(OfIntegrator):
    """An event about one of its endpoints, and whom to write to."""

    integrator_name = fields.String(required=True)
    people = fields.List(fields.Nested(IntegratorPerson), required=True)
    endpoint_id = fields.UUID(required=True)
    host = fields.String(required=True)


class IntegratorEndpointFailing(OfEndpoint):
    failing_since_at = fields.AwareDateTime(required=True)
    disabled_from_at = fields.AwareDateTime(required=True)


class IntegratorEndpointDisabled(OfEndpoint):
    reason = fields.String(required=True)


class IntegratorPersonRemoved(OfIntegrator):
    person_id = fields.UUID(required=True)


class SessionsEnded(ReceivedSchema):
    """Sessions ended before their time."""

    session_ids = fields.List(fields.UUID(), required=True)
    ended_at = fields.AwareDateTime(required=True)


CONSUMED: Mapping[str, Schema] = {
    "partner.sessions_ended.v1": SessionsEnded(),
    "partner.draft_saved.v1": DraftSaved(),
    "partner.draft_ended.v1": MemberNamed(),
    "partner.email_verification_requested.v1": EmailVerificationRequested(),
    "partner.sign_in_requested.v1": SignInRequested(),
    "partner.action_required.v1": ActionRequired(),
    "partner.approved.v1": PartnerApproved(),
    "partner.rejected.v1": WithReason(),
    "partner.activated.v1": PartnerActivated(),
    "partner.suspended.v1": WithReason(),
    "partner.resumed.v1": WithReason(),
    "partner.offboarding_started.v1": ReceivedSchema(),
    "partner.offboarded.v1": ReceivedSchema(),
    "partner.erased.v1": ReceivedSchema(),
    "partner.withdrawn.v1": ReceivedSchema(),
    "partner.expired.v1": ReceivedSchema(),
    "partner.request_decided.v1": PartnerRequestDecided(),
    "partner.profile_changed.v1": PartnerProfileChanged(),
    "partner.language_chosen.v1": PartnerLanguageChosen(),
    "partner.member_confirmation_requested.v1": MemberConfirmationRequested(),
    "partner.member_added.v1": MemberAdded(),
    "partner.member_declined.v1": MemberNamed(),
    "partner.member_removed.v1": MemberNamed(),
    "partner.contact_changed.v1": ContactChanged(),
    "partner.passkey_added.v1": PasskeyAdded(),
    "partner.passkey_removed.v1": PasskeyRemoved(),
    "partner.tier_changed.v1": PartnerTierChanged(),
    "access.granted.v1": AccessGranted(),
    "access.waived.v1": AccessWaived(),
    "access.expiring.v1": LeaseRead(),
    "access.expired.v1": LeaseExpired(),
    "access.renewed.v1": LeaseRead(),
    "access.budget_warned.v1": BudgetRead(),
    "access.budget_exceeded.v1": BudgetRead(),
    "access.member_added.v1": AccessMemberAdded(),
    "integrator.sign_in_requested.v1": IntegratorSignInRequested(),
    "integrator.endpoint_failing.v1": IntegratorEndpointFailing(),
    "integrator.endpoint_disabled.v1": IntegratorEndpointDisabled(),
    "integrator.person_removed.v1": IntegratorPersonRemoved(),
}
