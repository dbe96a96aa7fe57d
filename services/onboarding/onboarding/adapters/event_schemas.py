"""The events that this service sends, as marshmallow schemas; tests hold them to `contracts/events`."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from chassis.http.strict_fields import EmailAddress, StrictSchema
from chassis.text.web_addresses import canonical_web_address
from onboarding.domain.access import GrantState
from onboarding.domain.links import Purpose
from onboarding.domain.states import State
from onboarding.domain.vocabulary import Competence, Language, PartnerType, Product, Tier


def _text(most: int, least: int = 1) -> fields.String:
    return fields.String(required=True, validate=validate.Length(min=least, max=most))


def _one_of(words: Any, *, allow_none: bool = False) -> fields.String:
    one_of = validate.OneOf([str(word) for word in words])
    return fields.String(required=True, allow_none=allow_none, validate=one_of)


def _no_doubles(values: Sequence[str]) -> None:
    if len(set(values)) < len(values):
        raise ValidationError("Named twice.")


def _some_of(words: Any) -> fields.List[str]:
    return fields.List(_one_of(words), required=True, validate=[validate.Length(max=16), _no_doubles])


def _version(*, allow_none: bool = False) -> fields.String:
    pattern = validate.Regexp(r"[A-Za-z0-9][A-Za-z0-9._-]*\Z")
    return fields.String(required=True, allow_none=allow_none, validate=[pattern, validate.Length(max=32)])


def _country() -> fields.String:
    return fields.String(required=True, validate=validate.Regexp(r"[A-Z]{2}\Z"))


def _is_canonical(address: str) -> None:
    """As the door wrote it."""
    try:
        canonical = canonical_web_address(address)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    if address != canonical:
        raise ValidationError("Not in its canonical form.")


def _website() -> fields.String:
    return fields.String(required=True, validate=[_is_canonical, validate.Length(max=500)])


def _member_count() -> fields.Integer:
    return fields.Integer(required=True, strict=True, validate=validate.Range(min=1, max=100))


def _names(least: int, data_key: str | None = None) -> fields.List[str]:
    name = fields.String(validate=[validate.Regexp(r"[a-z][a-z0-9_./]*\Z"), validate.Length(max=100)])
    return fields.List(
        name, required=True, validate=[validate.Length(min=least, max=50), _no_doubles], data_key=data_key
    )


class LinkSchema(StrictSchema):
    """A link by its id; the link itself never stands in an event."""

    id = fields.UUID(required=True)
    purpose = _one_of(Purpose)
    expires_at = fields.AwareDateTime(required=True)


class MemberSchema(StrictSchema):
    """One of the partner's people (personal)."""

    member_id = fields.UUID(required=True)
    given_name = _text(100)
    family_name = _text(100)
    email = EmailAddress(required=True)
    language = _one_of(Language)
    is_contact = fields.Boolean(required=True)
    has_one_name = fields.Boolean()


class DecidedBySchema(StrictSchema):
    """The rule, or the operator."""

    kind = _one_of(["rules", "operator"])
    name = _text(200)


class RequestedBySchema(StrictSchema):
    """The partner, or an operator by name."""

    kind = _one_of(["partner", "operator"])
    name = fields.String(validate=validate.Length(min=1, max=200))


class FindingSchema(StrictSchema):
    """One thing that screening found."""

    code = fields.String(required=True, validate=validate.Regexp(r"[a-z][a-z0-9_]{0,63}\Z"))
    message = _text(1000)


class ActivatedProductSchema(StrictSchema):
    """One grant as it stood."""

    product = _one_of(Product)
    grant_id = fields.UUID(required=True)
    state = _one_of(set(GrantState) - {GrantState.FROZEN, GrantState.REVOKED})


class PartnerSchema(StrictSchema):
    """Nothing but the partner's id."""

    partner_id = fields.UUID(required=True)


class AppliedSchema(PartnerSchema):
    """`partner.applied`."""

    legal_name = _text(200)
    registration_number = _text(64)
    country = _country()
    website = _website()
    partner_type = _one_of(PartnerType)
    competences = _some_of(Competence)
    products_wanted = _some_of(Product)
    expected_benefits = _text(2000, least=0)
    language = _one_of(Language)
    member_count = _member_count()


class EmailVerificationRequestedSchema(PartnerSchema):
    """`partner.email_verification_requested`."""

    contact = fields.Nested(MemberSchema, required=True)
    link = fields.Nested(LinkSchema, required=True)
    reason = _one_of(["applied", "requested_again"])


class MemberConfirmationRequestedSchema(PartnerSchema):
    """`partner.member_confirmation_requested`."""

    member = fields.Nested(MemberSchema, required=True)
    legal_name = _text(200)
    link = fields.Nested(LinkSchema, required=True)
    reason = _one_of(["named", "requested_again"])


class MemberAddedSchema(PartnerSchema):
    """`partner.member_added`."""

    member = fields.Nested(MemberSchema, required=True)
    confirmed_at = fields.AwareDateTime(required=True)


class MemberDeclinedSchema(PartnerSchema):
    """`partner.member_declined`."""

    member_id = fields.UUID(required=True)
    declined_at = fields.AwareDateTime(required=True)


class OtherPartnerSchema(PartnerSchema):
    """Another partner with the same contact."""

    legal_name = _text(200)
    link = fields.Nested(LinkSchema, required=True)


class SignInRequestedSchema(PartnerSchema):
    """`partner.sign_in_requested`."""

    link = fields.Nested(LinkSchema, required=True)
    legal_name = fields.String(validate=validate.Length(min=1, max=200))
    others = fields.List(fields.Nested(OtherPartnerSchema), validate=validate.Length(min=1, max=2))


class ReviewStartedSchema(PartnerSchema):
    """`partner.review_started`."""

    automatic = fields.Boolean(required=True)
    findings = fields.List(fields.Nested(FindingSchema), required=True, validate=validate.Length(max=50))


class ActionRequiredSchema(PartnerSchema):
    """`partner.action_required`."""

    fields_ = _names(least=1, data_key="fields")
    message = _text(2000)
    link = fields.Nested(LinkSchema, required=True)


class CorrectionSubmittedSchema(PartnerSchema):
    """`partner.correction_submitted`."""

    changed_fields = _names(least=0)


class DecidedSchema(PartnerSchema):
    """A decision with its reason: rejected, suspended, resumed."""

    reason = _text(2000)
    decided_by = fields.Nested(DecidedBySchema, required=True)


class ApprovedSchema(DecidedSchema):
    """`partner.approved`."""

    tier = _one_of(Tier)
    legal_name = _text(200)
    country = _country()
    partner_type = _one_of(PartnerType)
    competences = _some_of(Competence)
    products_wanted = _some_of(Product)
    language = _one_of(Language)
    members = fields.List(
        fields.Nested(MemberSchema), required=True, validate=validate.Length(min=1, max=100)
    )
    agreement_version = _version()
    link = fields.Nested(LinkSchema, required=True)


class AgreementAcceptedSchema(PartnerSchema):
    """`partner.agreement_accepted`."""

    agreement_version = _version()
    accepted_by = fields.UUID(required=True)
    accepted_at = fields.AwareDateTime(required=True)


class ActivatedSchema(PartnerSchema):
    """`partner.activated`."""

    products = fields.List(
        fields.Nested(ActivatedProductSchema), required=True, validate=validate.Length(max=50)
    )
    link = fields.Nested(LinkSchema, required=True)


class OffboardingStartedSchema(PartnerSchema):
    """`partner.offboarding_started`."""

    reason = _text(2000)
    requested_by = fields.Nested(RequestedBySchema, required=True)


class WithdrawnSchema(PartnerSchema):
    """`partner.withdrawn`."""

    reason = fields.String(validate=validate.Length(min=1, max=2000))


class GrantSchema(StrictSchema):
    """One grant in the snapshot."""

    grant_id = fields.UUID(required=True)
    product = _one_of(Product)
    required = fields.Boolean(required=True)
    state = _one_of(GrantState)


class StateSchema(PartnerSchema):
    """`partner.state`: the company as it applied, and where it stands."""

    state = _one_of(State)
    state_entered_at = fields.AwareDateTime(required=True)
    deadline_at = fields.AwareDateTime(required=True, allow_none=True)
    applied_at = fields.AwareDateTime(required=True)
    legal_name = _text(200)
    registration_number = _text(64)
    country = _country()
    website = _website()
    partner_type = _one_of(PartnerType)
    competences = _some_of(Competence)
    products_wanted = _some_of(Product)
    language = _one_of(Language)
    member_count = _member_count()
    confirmed_member_count = fields.Integer(strict=True, validate=validate.Range(min=1, max=100))
    tier = _one_of(Tier, allow_none=True)
    agreement_version = _version(allow_none=True)
    agreement_accepted_at = fields.AwareDateTime(required=True, allow_none=True)
    grants = fields.List(fields.Nested(GrantSchema), required=True, validate=validate.Length(max=50))


PRODUCED: Mapping[str, Schema] = {
    "partner.applied.v1": AppliedSchema(),
    "partner.email_verification_requested.v1": EmailVerificationRequestedSchema(),
    "partner.sign_in_requested.v1": SignInRequestedSchema(),
    "partner.email_verified.v1": PartnerSchema(),
    "partner.review_started.v1": ReviewStartedSchema(),
    "partner.action_required.v1": ActionRequiredSchema(),
    "partner.correction_submitted.v1": CorrectionSubmittedSchema(),
    "partner.approved.v1": ApprovedSchema(),
    "partner.rejected.v1": DecidedSchema(),
    "partner.agreement_accepted.v1": AgreementAcceptedSchema(),
    "partner.provisioning_started.v1": PartnerSchema(),
    "partner.activated.v1": ActivatedSchema(),
    "partner.suspended.v1": DecidedSchema(),
    "partner.resumed.v1": DecidedSchema(),
    "partner.offboarding_started.v1": OffboardingStartedSchema(),
    "partner.offboarded.v1": PartnerSchema(),
    "partner.withdrawn.v1": WithdrawnSchema(),
    "partner.expired.v1": PartnerSchema(),
    "partner.member_confirmation_requested.v1": MemberConfirmationRequestedSchema(),
    "partner.member_added.v1": MemberAddedSchema(),
    "partner.member_declined.v1": MemberDeclinedSchema(),
    "partner.state.v1": StateSchema(),
}
