"""The events that notifications reads: only the fields that are used here, everything else is ignored."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from marshmallow import Schema, fields, post_load

from chassis.messaging.subscriptions import OpenSchema
from notifications.domain.messages import LinkIntent

_Id = partial(fields.UUID, required=True)
_Text = partial(fields.String, required=True)
_Time = partial(fields.AwareDateTime, required=True)


class ReceivedSchema(OpenSchema):
    """An event about a partner."""

    partner_id = _Id()


class PersonRead(OpenSchema):
    """A person, as mails need it; who has one name has no family name."""

    member_id = _Id()
    given_name = _Text()
    family_name = _Text()
    email = _Text()
    language = _Text()
    is_contact = fields.Boolean(required=True)
    has_one_name = fields.Boolean()

    @post_load
    def read_names(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        """The event gives a single name twice."""
        return {**data, "family_name": ""} if data.pop("has_one_name", False) else data


class LinkRead(OpenSchema):
    """A link that we sign when the mail is rendered."""

    id = _Id()
    expires_at = _Time()

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> LinkIntent:
        return LinkIntent(**data)


class DraftWriterRead(OpenSchema):
    """Who saved a draft."""

    member_id = _Id()
    email = _Text()
    language = _Text()


class OtherPartnerRead(OpenSchema):
    """Another partner with the same contact."""

    partner_id = _Id()
    legal_name = _Text()
    link = fields.Nested(LinkRead, required=True)


class ProductRead(OpenSchema):
    """How one product stands at activation."""

    product = _Text()
    grant_id = _Id()
    state = _Text()
    sign_in_url = fields.String()


class SeatRead(OpenSchema):
    """A product that a person has a seat in."""

    product = _Text()
    sign_in_url = fields.String()


class IntegratorPersonRead(OpenSchema):
    """Somebody who signs in for an integrator."""

    person_id = _Id()
    name = _Text()
    email = _Text()
    language = _Text()


_Link = partial(fields.Nested, LinkRead, required=True)
_Person = partial(fields.Nested, PersonRead, required=True)


class MemberSchema(ReceivedSchema):
    """An event that says which person."""

    member_id = _Id()


class ReasonSchema(ReceivedSchema):
    """An event whose reason is told to the partner."""

    reason = _Text()


class RequestedByRead(OpenSchema):
    """The partner itself, or an operator."""

    kind = _Text()


class LeaseSchema(ReceivedSchema):
    """An event about how long a product is there."""

    product = _Text()
    entry_name = fields.String()
    ends_at = _Time()


class BudgetSchema(ReceivedSchema):
    """An event about what a product cost this month."""

    product = _Text()
    entry_name = fields.String()
    percent = fields.Integer(required=True, strict=True)
    budget_usd = _Text()
    spent_usd = _Text()


class IntegratorSchema(OpenSchema):
    """An event about an integrator."""

    integrator_id = _Id()


class EndpointSchema(IntegratorSchema):
    """An event about one of an integrator's endpoints, and whom to write to."""

    integrator_name = _Text()
    people = fields.List(fields.Nested(IntegratorPersonRead), required=True)
    endpoint_id = _Id()
    host = _Text()


def _read(of: type[Schema] = ReceivedSchema, /, **more: fields.Field[Any]) -> Schema:
    """An event of this kind, of which more is read than all of the kind tell."""
    return of.from_dict(more)()


CONSUMED: Mapping[str, Schema] = {
    "partner.sessions_ended.v1": _read(
        session_ids=fields.List(fields.UUID(), required=True), ended_at=_Time()
    ),
    "partner.draft_saved.v1": _read(member=fields.Nested(DraftWriterRead, required=True), link=_Link()),
    "partner.draft_ended.v1": MemberSchema(),
    "partner.email_verification_requested.v1": _read(contact=_Person(), link=_Link()),
    "partner.sign_in_requested.v1": _read(
        link=_Link(), legal_name=fields.String(), others=fields.List(fields.Nested(OtherPartnerRead))
    ),
    "partner.action_required.v1": _read(
        fields_to_correct=fields.List(fields.String(), required=True, data_key="fields"),
        message=_Text(),
        link=_Link(),
    ),
    # A value that we do not know (a new tier) is offered what is for all.
    "partner.approved.v1": _read(
        legal_name=_Text(),
        partner_type=_Text(),
        tier=_Text(),
        members=fields.List(fields.Nested(PersonRead), required=True),
        link=_Link(),
    ),
    "partner.rejected.v1": ReasonSchema(),
    "partner.activated.v1": _read(
        products=fields.List(fields.Nested(ProductRead), required=True), link=_Link()
    ),
    "partner.suspended.v1": ReasonSchema(),
    "partner.resumed.v1": ReasonSchema(),
    "partner.offboarding_started.v1": _read(
        ReasonSchema, requested_by=fields.Nested(RequestedByRead, required=True)
    ),
    "partner.offboarded.v1": ReceivedSchema(),
    "partner.erased.v1": ReceivedSchema(),
    "partner.withdrawn.v1": ReceivedSchema(),
    "partner.deadline_near.v1": _read(waits_for=_Text(), deadline_at=_Time(), link=_Link()),
    "partner.expired.v1": ReceivedSchema(),
    "partner.request_decided.v1": _read(
        ReasonSchema,
        kind=_Text(),
        product=fields.String(),
        competence=fields.String(),
        outcome=_Text(),
    ),
    "partner.profile_changed.v1": _read(legal_name=_Text(), partner_type=_Text()),
    "partner.language_chosen.v1": _read(MemberSchema, language=_Text()),
    "partner.member_confirmation_requested.v1": _read(
        member=_Person(), link=_Link(), is_reminder=fields.Boolean(load_default=False)
    ),
    "partner.member_added.v1": _read(member=_Person()),
    "partner.member_declined.v1": MemberSchema(),
    "partner.member_removed.v1": MemberSchema(),
    "partner.contact_changed.v1": _read(MemberSchema, changed_at=_Time(), link=_Link()),
    "partner.passkey_added.v1": _read(MemberSchema, added_at=_Time()),
    "partner.passkey_removed.v1": _read(MemberSchema, removed_at=_Time()),
    "partner.tier_changed.v1": _read(ReasonSchema, tier=_Text()),
    "access.granted.v1": _read(
        product=_Text(),
        grant_id=_Id(),
        identifiers=fields.Dict(keys=fields.String(), values=fields.String(), required=True),
        member_ids=fields.List(fields.UUID()),
        first=fields.Boolean(load_default=False),
    ),
    "access.waived.v1": _read(ReasonSchema, product=_Text(), refused=fields.Boolean(load_default=False)),
    "access.expiring.v1": LeaseSchema(),
    "access.expired.v1": _read(product=_Text(), entry_name=fields.String(), removal_at=_Time()),
    "access.renewed.v1": LeaseSchema(),
    "access.budget_warned.v1": BudgetSchema(),
    "access.budget_exceeded.v1": BudgetSchema(),
    "access.member_added.v1": _read(
        MemberSchema, products=fields.List(fields.Nested(SeatRead), required=True)
    ),
    "integrator.sign_in_requested.v1": _read(
        IntegratorSchema,
        integrator_name=_Text(),
        person=fields.Nested(IntegratorPersonRead, required=True),
        link=_Link(),
    ),
    "integrator.endpoint_failing.v1": _read(
        EndpointSchema, failing_since_at=_Time(), disabled_from_at=_Time()
    ),
    "integrator.endpoint_disabled.v1": _read(EndpointSchema, reason=_Text()),
    "integrator.person_removed.v1": _read(IntegratorSchema, person_id=_Id()),
}
