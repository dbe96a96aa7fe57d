"""The events of other services: only the fields that are read here, everything else is ignored.

Text passes the same checks as text of people: what PostgreSQL cannot keep must be a dead letter.
"""

from collections.abc import Mapping

from marshmallow import Schema, fields

from chassis.http.strict_fields import Flag, Name, Text
from chassis.messaging.subscriptions import OpenSchema


class ReceivedSchema(OpenSchema):
    """An event about a partner."""

    partner_id = fields.UUID(required=True)


class PlannedGrantSchema(OpenSchema):
    """One due grant."""

    grant_id = fields.UUID(required=True)
    product = Name(required=True)
    required = Flag(required=True)


class AccessPlannedSchema(ReceivedSchema):
    """`access.planned`."""

    catalogue_version = Name(required=True)
    grants = fields.List(fields.Nested(PlannedGrantSchema), required=True)


class GrantOfMemberSchema(OpenSchema):
    """A product that a person has."""

    product = Name(required=True)
    grant_id = fields.UUID(required=True)


class AccessOfMemberSchema(ReceivedSchema):
    """`access.member_added` and `access.member_removed`."""

    member_id = fields.UUID(required=True)
    products = fields.List(fields.Nested(GrantOfMemberSchema), required=True)


class GrantSchema(ReceivedSchema):
    """Something happened to one grant."""

    grant_id = fields.UUID(required=True)
    product = Name(required=True)


class AccessGrantedSchema(GrantSchema):
    """`access.granted`."""

    identifiers = fields.Dict(keys=Name(), values=Text(least=0, most=4_000), required=True)
    collectable = Flag(required=True)
    lease_ends_at = fields.AwareDateTime()


class FaultSchema(OpenSchema):
    """What a failure event says about the failure."""

    code = Name(required=True)
    message = Text(required=True, most=4_000)
    attempt = fields.Integer(required=True, strict=True)
    will_retry = Flag(required=True)
    retry_at = fields.AwareDateTime(required=True, allow_none=True)


class AccessFailedSchema(GrantSchema, FaultSchema):
    """`access.failed`."""

    step = Name(required=True)


class AccessStuckSchema(GrantSchema):
    """`access.stuck`."""

    wanted = Name(required=True)
    step = Name(required=True)
    code = Name(required=True)
    message = Text(required=True, most=4_000)
    attempt = fields.Integer(required=True, strict=True)


class AccessDriftDetectedSchema(GrantSchema):
    """`access.drift_detected`."""

    wanted = Name(required=True)
    step = Name(required=True)
    expected = Name(required=True)
    found = Name(required=True)
    differences = fields.List(Name(), required=True)
    is_left = Flag(required=True)


class AccessExpiringSchema(GrantSchema):
    """`access.expiring`."""

    ends_at = fields.AwareDateTime(required=True)
    days_left = fields.Integer(required=True, strict=True)


class AccessExpiredSchema(GrantSchema):
    """`access.expired`."""

    ended_at = fields.AwareDateTime(required=True)
    removal_at = fields.AwareDateTime(required=True)


class BudgetWarnedSchema(GrantSchema):
    """`access.budget_warned`."""

    month = Name(required=True)
    percent = fields.Integer(required=True, strict=True)
    budget_usd = Name(required=True)
    spent_usd = Name(required=True)


class BudgetExceededSchema(BudgetWarnedSchema):
    """`access.budget_exceeded`."""

    action = Name(required=True)


class AccessRenewedSchema(GrantSchema):
    """`access.renewed`."""

    ends_at = fields.AwareDateTime(required=True)
    reason = Text(required=True)
    renewed_by = Name(required=True)


class AccessApprovedSchema(GrantSchema):
    """`access.approved`."""

    reason = Text(required=True)
    approved_by = Name(required=True)


class AccessWaivedSchema(GrantSchema):
    """`access.waived`."""

    reason = Text(required=True)
    waived_by = Name(required=True)


class AccessRequestAnsweredSchema(ReceivedSchema):
    """`access.request_answered`."""

    request_id = fields.UUID(required=True)
    answer = Name(required=True)
    message = Text(least=0, load_default="", most=2_000)


class DeviceSchema(GrantSchema):
    """`access.device_removed`."""

    device_id = fields.UUID(required=True)


class AccessDeviceAddedSchema(DeviceSchema):
    """`access.device_added`."""

    thing_name = Name(required=True)


class DeviceStuckSchema(AccessStuckSchema, DeviceSchema):
    """`access.device_stuck`."""


class DeviceClaimSchema(GrantSchema):
    """`access.device_claim_revoked`."""

    claim_id = fields.UUID(required=True)


class DeviceClaimMadeSchema(DeviceClaimSchema):
    """`access.device_claim_made`."""

    places = fields.Integer(required=True, strict=True)
    expires_at = fields.AwareDateTime(required=True)


class KeyReplacementSchema(GrantSchema):
    """`access.key_replacement_started`."""

    why = Name(required=True)
    device_id = fields.UUID()


class InvitationSchema(ReceivedSchema):
    """Something happened to one invitation."""

    invitation_id = fields.UUID(required=True)
    member_id = fields.UUID(required=True)
    path = Name(required=True)
    path_title = Name()


class InvitationSentSchema(InvitationSchema):
    """`learning.invitation_sent`."""

    language = Name(required=True)


class MessageSchema(ReceivedSchema):
    """Something happened to one message."""

    message_id = fields.UUID(required=True)
    member_id = fields.UUID(required=True)
    kind = Name(required=True)


class ConsentWithdrawnSchema(ReceivedSchema):
    """`integrator.consent_withdrawn`."""

    integrator_id = fields.UUID(required=True)
    integrator_name = Name(required=True)


class ConsentGivenSchema(ConsentWithdrawnSchema):
    """`integrator.consent_given`."""

    event_types = fields.List(fields.String(), required=True)
    sees_personal = fields.Boolean(required=True)


class MessageSentSchema(MessageSchema):
    """`message.sent`."""

    transport = Name(required=True)


class MessageFailedSchema(MessageSchema, FaultSchema):
    """`message.failed`."""


CONSUMED: Mapping[str, Schema] = {
    "access.planned.v1": AccessPlannedSchema(),
    "access.approval_requested.v1": GrantSchema(),
    "access.approved.v1": AccessApprovedSchema(),
    "access.provisioning_started.v1": GrantSchema(),
    "access.granted.v1": AccessGrantedSchema(),
    "access.failed.v1": AccessFailedSchema(),
    "access.stuck.v1": AccessStuckSchema(),
    "access.drift_detected.v1": AccessDriftDetectedSchema(),
    "access.waived.v1": AccessWaivedSchema(),
    "access.expiring.v1": AccessExpiringSchema(),
    "access.expired.v1": AccessExpiredSchema(),
    "access.renewed.v1": AccessRenewedSchema(),
    "access.budget_warned.v1": BudgetWarnedSchema(),
    "access.budget_exceeded.v1": BudgetExceededSchema(),
    "access.frozen.v1": GrantSchema(),
    "access.unfrozen.v1": GrantSchema(),
    "access.revoked.v1": GrantSchema(),
    "access.cleared.v1": ReceivedSchema(),
    "access.member_added.v1": AccessOfMemberSchema(),
    "access.member_removed.v1": AccessOfMemberSchema(),
    "access.request_answered.v1": AccessRequestAnsweredSchema(),
    "access.device_added.v1": AccessDeviceAddedSchema(),
    "access.device_removed.v1": DeviceSchema(),
    "access.device_stuck.v1": DeviceStuckSchema(),
    "access.device_claim_made.v1": DeviceClaimMadeSchema(),
    "access.device_claim_revoked.v1": DeviceClaimSchema(),
    "access.key_replacement_started.v1": KeyReplacementSchema(),
    "learning.invitation_sent.v1": InvitationSentSchema(),
    "learning.invitation_accepted.v1": InvitationSchema(),
    "learning.invitation_expired.v1": InvitationSchema(),
    "learning.path_started.v1": InvitationSchema(),
    "learning.path_completed.v1": InvitationSchema(),
    "integrator.consent_given.v1": ConsentGivenSchema(),
    "integrator.consent_withdrawn.v1": ConsentWithdrawnSchema(),
    "message.sent.v1": MessageSentSchema(),
    "message.failed.v1": MessageFailedSchema(),
}
