"""The events that provisioning reads: only the fields it uses, everything else is ignored."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from marshmallow import Schema, fields, post_load

from chassis.messaging.subscriptions import OpenSchema

_Id = partial(fields.UUID, required=True)
_Text = partial(fields.String, required=True)
_Texts = partial(fields.List, fields.String(), required=True)
_Time = partial(fields.AwareDateTime, required=True)


class ReceivedSchema(OpenSchema):
    """An event about a partner."""

    partner_id = _Id()


class MemberRead(OpenSchema):
    """A member, as steps need it; a person with a single name has no family name."""

    member_id = _Id()
    given_name = _Text()
    family_name = _Text()
    email = _Text()
    language = _Text()
    is_contact = fields.Boolean(required=True)
    has_one_name = fields.Boolean()

    @post_load
    def read_names(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The event repeats a single name as both names."""
        return {**data, "family_name": ""} if data.pop("has_one_name", False) else data


class RequestSchema(ReceivedSchema):
    """A request of a partner, with the fields of its kind."""

    request_id = _Id()
    kind = _Text()
    grant_id = fields.UUID()
    product = fields.String()
    ends_at = fields.AwareDateTime()
    competence = fields.String()


class DecidedBy(OpenSchema):
    """A rule, or an operator."""

    name = _Text()


def _read(of: type[Schema] = ReceivedSchema, /, **more: fields.Field[Any]) -> Schema:
    """An event of this kind, with fields that not all events of the kind have."""
    return of.from_dict(more)()


CONSUMED: Mapping[str, Schema] = {
    "partner.sessions_ended.v1": _read(
        session_ids=fields.List(fields.UUID(), required=True), ended_at=_Time()
    ),
    # An unknown value (a new tier) gets what everybody gets, and nothing more.
    "partner.approved.v1": _read(
        legal_name=_Text(),
        country=_Text(),
        partner_type=_Text(),
        tier=_Text(),
        language=_Text(),
        competences=_Texts(),
        products_wanted=_Texts(),
        members=fields.List(fields.Nested(MemberRead), required=True),
    ),
    "partner.agreement_accepted.v1": ReceivedSchema(),
    "partner.member_added.v1": _read(member=fields.Nested(MemberRead, required=True)),
    "partner.member_removed.v1": _read(member_id=_Id()),
    "partner.contact_changed.v1": _read(member_id=_Id(), changed_at=_Time()),
    "partner.tier_changed.v1": _read(tier=_Text()),
    "partner.suspended.v1": ReceivedSchema(),
    "partner.resumed.v1": ReceivedSchema(),
    "partner.offboarding_started.v1": ReceivedSchema(),
    "partner.erased.v1": ReceivedSchema(),
    "partner.requested.v1": RequestSchema(),
    "partner.request_decided.v1": _read(
        RequestSchema,
        outcome=_Text(),
        reason=_Text(),
        decided_by=fields.Nested(DecidedBy, required=True),
    ),
}
