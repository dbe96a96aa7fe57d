"""The JSON of sweeps and findings."""

from marshmallow import Schema, fields

from chassis.http.described import described
from chassis.http.paging import PageSchema, list_of, page_of
from chassis.http.strict_fields import Choice
from chassis.operating.http_schemas import StatedReason
from provisioning.domain.findings import FindingState, ThingKind


class FindingSearch(PageSchema):
    """Which findings an operator wants to see."""

    state = Choice(FindingState)
    kind = Choice(ThingKind)
    cursor = fields.UUID()


class Adoption(StatedReason):
    """For which grant a thing stands outside, and why it is left."""

    grant_id = fields.UUID(required=True)


class Removal(StatedReason):
    """Why a thing is taken away."""

    although_owner_unknown = described(
        fields.Boolean(truthy={True}, falsy={False}, load_default=False),
        "Also where nobody here is known as its owner: another installation may be",
    )


class FindingSeen(Schema):
    """A thing outside that no live grant answers for."""

    finding_id = fields.UUID(required=True)
    kind = Choice(ThingKind, required=True)
    product = fields.String(required=True)
    outside_id = described(fields.String(required=True), "By which it is found outside")
    label = fields.String(required=True)
    partner_id = described(
        fields.UUID(required=True, allow_none=True), "For whom it was made, where known here"
    )
    grant_id = fields.UUID(required=True, allow_none=True)
    state = described(Choice(FindingState, required=True), "Suspected: seen by one sweep only")
    first_seen_at = fields.AwareDateTime(required=True)
    last_seen_at = fields.AwareDateTime(required=True)
    kept_for = described(fields.UUID(required=True, allow_none=True), "The grant that it was adopted for")
    settled_at = fields.AwareDateTime(required=True, allow_none=True)
    settled_by = fields.String(required=True, allow_none=True)
    reason = fields.String(required=True, allow_none=True)
    code = described(fields.String(required=True, allow_none=True), "Why it could not be removed")
    message = fields.String(required=True, allow_none=True)


FindingPage = page_of("FindingPage", findings=FindingSeen)


class LeftOut(Schema):
    """A kind, or one product of it, that could not be listed, and why."""

    kind = fields.String(required=True)
    product = described(fields.String(required=True, allow_none=True), "Null: nothing of the kind was listed")
    code = fields.String(required=True)
    message = fields.String(required=True)


class SweepSeen(Schema):
    """One sweep, and how far it is."""

    sweep_id = fields.UUID(required=True)
    started_at = fields.AwareDateTime(required=True)
    started_by = described(fields.String(required=True, allow_none=True), "Null: the schedule")
    reason = fields.String(required=True, allow_none=True)
    kinds = described(fields.Integer(required=True), "How many kinds of things it lists")
    done = described(fields.Integer(required=True), "How many of them it has listed")
    kind = described(fields.String(required=True, allow_none=True), "What it is listing")
    things_seen = described(fields.Integer(required=True), "How many bear a mark of ours")
    left_out = fields.List(fields.Nested(LeftOut), required=True)
    ended_at = fields.AwareDateTime(required=True, allow_none=True)


SweepsSeen = list_of("SweepsSeen", sweeps=SweepSeen)
