"""The events that notifications reads: only the fields that are used here, everything else is ignored."""

from collections.abc import Mapping
from typing import Any

from marshmallow import EXCLUDE, Schema, fields, post_load


class _Consumed(Schema):
    class Meta:
        unknown = EXCLUDE

    partner_id = fields.UUID(required=True)


class PartnerNamed(_Consumed):
    """Of an event that only has to say which partner."""


class MemberRead(Schema):
    """A person, as mails need it; who has one name has no family name."""

    class Meta:
        unknown = EXCLUDE

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


class LinkRead(Schema):
    """A link that we sign when the mail is rendered."""

    class Meta:
        unknown = EXCLUDE

    id = fields.UUID(required=True)
    purpose = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)


class EmailVerificationRequested(_Consumed):
    contact = fields.Nested(MemberRead, required=True)
    link = fields.Nested(LinkRead, required=True)


class MemberConfirmationRequested(_Consumed):
    member = fields.Nested(MemberRead, required=True)
    link = fields.Nested(LinkRead, required=True)


class MemberAdded(_Consumed):
    member = fields.Nested(MemberRead, required=True)


class MemberNamed(_Consumed):
    """Of an event that only has to say which person."""

    member_id = fields.UUID(required=True)


class SignInRequested(_Consumed):
    link = fields.Nested(LinkRead, required=True)


class ActionRequired(_Consumed):
    fields_to_correct = fields.List(fields.String(), required=True, data_key="fields")
    message = fields.String(required=True)
    link = fields.Nested(LinkRead, required=True)


class PartnerApproved(_Consumed):
    """A value that we do not know (a new tier) is offered what is for all."""

    legal_name = fields.String(required=True)
    partner_type = fields.String(required=True)
    tier = fields.String(required=True)
    members = fields.List(fields.Nested(MemberRead), required=True)
    link = fields.Nested(LinkRead, required=True)


class ProductRead(Schema):
    """How one product stands at activation."""

    class Meta:
        unknown = EXCLUDE

    product = fields.String(required=True)
    state = fields.String(required=True)


class PartnerActivated(_Consumed):
    products = fields.List(fields.Nested(ProductRead), required=True)
    link = fields.Nested(LinkRead, required=True)


class WithReason(_Consumed):
    """Of an event whose reason is told to the partner."""

    reason = fields.String(required=True)


class AccessGranted(_Consumed):
    product = fields.String(required=True)
    member_ids = fields.List(fields.UUID())


class GrantOfMember(Schema):
    """A product that a person has a seat in."""

    class Meta:
        unknown = EXCLUDE

    product = fields.String(required=True)


class AccessMemberAdded(MemberNamed):
    products = fields.List(fields.Nested(GrantOfMember), required=True)


CONSUMED: Mapping[str, Schema] = {
    "partner.email_verification_requested.v1": EmailVerificationRequested(),
    "partner.sign_in_requested.v1": SignInRequested(),
    "partner.action_required.v1": ActionRequired(),
    "partner.approved.v1": PartnerApproved(),
    "partner.rejected.v1": WithReason(),
    "partner.activated.v1": PartnerActivated(),
    "partner.suspended.v1": WithReason(),
    "partner.resumed.v1": WithReason(),
    "partner.offboarding_started.v1": PartnerNamed(),
    "partner.offboarded.v1": PartnerNamed(),
    "partner.withdrawn.v1": PartnerNamed(),
    "partner.expired.v1": PartnerNamed(),
    "partner.member_confirmation_requested.v1": MemberConfirmationRequested(),
    "partner.member_added.v1": MemberAdded(),
    "partner.member_declined.v1": MemberNamed(),
    "access.granted.v1": AccessGranted(),
    "access.member_added.v1": AccessMemberAdded(),
}
