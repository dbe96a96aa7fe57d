"""The events that provisioning reads: only the fields that are used here, everything else is ignored."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, post_load

from chassis.messaging.subscriptions import OpenSchema


class ReceivedSchema(OpenSchema):
    """An event about a partner."""

    partner_id = fields.UUID(required=True)


class MemberRead(OpenSchema):
    """A member, as steps need it; who has one name has no family name."""

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


class PartnerApproved(ReceivedSchema):
    """What a plan and its steps need; a value that we do not know (a new tier) is due nothing by itself."""

    legal_name = fields.String(required=True)
    country = fields.String(required=True)
    partner_type = fields.String(required=True)
    tier = fields.String(required=True)
    language = fields.String(required=True)
    competences = fields.List(fields.String(), required=True)
    products_wanted = fields.List(fields.String(), required=True)
    members = fields.List(fields.Nested(MemberRead), required=True)


class PartnerMemberAdded(ReceivedSchema):
    """A person who confirmed."""

    member = fields.Nested(MemberRead, required=True)


class PartnerMemberRemoved(ReceivedSchema):
    """A person who belongs to the partner no more."""

    member_id = fields.UUID(required=True)


class PartnerContactChanged(ReceivedSchema):
    """Another member speaks for the partner."""

    member_id = fields.UUID(required=True)
    changed_at = fields.AwareDateTime(required=True)


class PartnerRequested(ReceivedSchema):
    """What a partner asks for, with the fields of its kind."""

    request_id = fields.UUID(required=True)
    kind = fields.String(required=True)
    grant_id = fields.UUID()
    product = fields.String()
    ends_at = fields.AwareDateTime()
    competence = fields.String()


class DecidedBy(OpenSchema):
    """A rule, or an operator."""

    name = fields.String(required=True)


class PartnerRequestDecided(PartnerRequested):
    """The same, decided."""

    outcome = fields.String(required=True)
    reason = fields.String(required=True)
    decided_by = fields.Nested(DecidedBy, required=True)


class PartnerTierChanged(ReceivedSchema):
    """Another tier; a value that we do not know is due what is for all."""

    tier = fields.String(required=True)


class SessionsEnded(ReceivedSchema):
    """Sessions ended before their time."""

    session_ids = fields.List(fields.UUID(), required=True)
    ended_at = fields.AwareDateTime(required=True)


CONSUMED: Mapping[str, Schema] = {
    "partner.sessions_ended.v1": SessionsEnded(),
    "partner.approved.v1": PartnerApproved(),
    "partner.agreement_accepted.v1": ReceivedSchema(),
    "partner.member_added.v1": PartnerMemberAdded(),
    "partner.member_removed.v1": PartnerMemberRemoved(),
    "partner.contact_changed.v1": PartnerContactChanged(),
    "partner.tier_changed.v1": PartnerTierChanged(),
    "partner.suspended.v1": ReceivedSchema(),
    "partner.resumed.v1": ReceivedSchema(),
    "partner.offboarding_started.v1": ReceivedSchema(),
    "partner.erased.v1": ReceivedSchema(),
    "partner.requested.v1": PartnerRequested(),
    "partner.request_decided.v1": PartnerRequestDecided(),
}
