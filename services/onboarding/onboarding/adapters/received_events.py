"""The events of other services: only the fields that are used here, everything else is ignored.

Text is checked like text from people: what PostgreSQL cannot store must become a dead letter.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from marshmallow import Schema, fields

from chassis.http.strict_fields import Flag, Name, Text
from chassis.messaging.subscriptions import OpenSchema

_Time = partial(fields.AwareDateTime, required=True)
_Id = partial(fields.UUID, required=True)
_Count = partial(fields.Integer, required=True, strict=True)
_Word = partial(Name, required=True)
_Reason = partial(Text, required=True)


class ReceivedSchema(OpenSchema):
    """An event about a partner."""

    partner_id = _Id()


class PlannedGrantSchema(OpenSchema):
    """A grant in a plan."""

    grant_id = _Id()
    product = _Word()
    required = Flag(required=True)


class GrantOfMemberSchema(OpenSchema):
    """A product that a person has."""

    product = _Word()
    grant_id = _Id()


class AccessOfMemberSchema(ReceivedSchema):
    """Access that a person has gained or lost."""

    member_id = _Id()
    products = fields.List(fields.Nested(GrantOfMemberSchema), required=True)


class GrantSchema(ReceivedSchema):
    """Something happened to one grant."""

    grant_id = _Id()
    product = _Word()


class FaultSchema(OpenSchema):
    """What a failure event says about its cause."""

    code = _Word()
    message = Text(required=True, most=4_000)
    attempt = _Count()
    will_retry = Flag(required=True)
    retry_at = fields.AwareDateTime(required=True, allow_none=True)


class AccessFailedSchema(GrantSchema, FaultSchema):
    """Work on a grant has failed."""

    step = _Word()


class StuckSchema(GrantSchema):
    """A grant, or a device of one, that cannot be removed, switched off or restored."""

    wanted = _Word()
    step = _Word()
    code = _Word()
    message = Text(required=True, most=4_000)
    attempt = _Count()


class BudgetSchema(GrantSchema):
    """What a grant cost this month."""

    month = _Word()
    percent = _Count()
    budget_usd = _Word()
    spent_usd = _Word()


class InvitationSchema(ReceivedSchema):
    """Something happened to one invitation."""

    invitation_id = _Id()
    member_id = _Id()
    path = _Word()
    path_title = Name()


class MessageSchema(ReceivedSchema):
    """Something happened to one message."""

    message_id = _Id()
    member_id = _Id()
    kind = _Word()


class MessageFailedSchema(MessageSchema, FaultSchema):
    """It could not be sent."""


class ConsentSchema(ReceivedSchema):
    """Something about what an integrator may see."""

    integrator_id = _Id()
    integrator_name = _Word()


def _read(of: type[Schema], /, **more: fields.Field[Any]) -> Schema:
    """An event of this kind, with further fields beside those of all of the kind."""
    return of.from_dict(more)()


CONSUMED: Mapping[str, Schema] = {
    "access.planned.v1": _read(
        ReceivedSchema,
        catalogue_version=_Word(),
        grants=fields.List(fields.Nested(PlannedGrantSchema), required=True),
    ),
    "access.approval_requested.v1": GrantSchema(),
    "access.approved.v1": _read(GrantSchema, reason=_Reason(), approved_by=_Word()),
    "access.provisioning_started.v1": GrantSchema(),
    "access.granted.v1": _read(
        GrantSchema,
        identifiers=fields.Dict(keys=Name(), values=Text(least=0, most=4_000), required=True),
        collectable=Flag(required=True),
        lease_ends_at=fields.AwareDateTime(),
    ),
    "access.failed.v1": AccessFailedSchema(),
    "access.stuck.v1": StuckSchema(),
    "access.drift_detected.v1": _read(
        GrantSchema,
        wanted=_Word(),
        step=_Word(),
        expected=_Word(),
        found=_Word(),
        differences=fields.List(Name(), required=True),
        is_left=Flag(required=True),
    ),
    "access.waived.v1": _read(GrantSchema, reason=_Reason(), waived_by=_Word()),
    "access.expiring.v1": _read(GrantSchema, ends_at=_Time(), days_left=_Count()),
    "access.expired.v1": _read(GrantSchema, ended_at=_Time(), removal_at=_Time()),
    "access.renewed.v1": _read(GrantSchema, ends_at=_Time(), reason=_Reason(), renewed_by=_Word()),
    "access.budget_warned.v1": BudgetSchema(),
    "access.budget_exceeded.v1": _read(BudgetSchema, action=_Word()),
    "access.frozen.v1": GrantSchema(),
    "access.unfrozen.v1": GrantSchema(),
    "access.revoked.v1": GrantSchema(),
    "access.cleared.v1": ReceivedSchema(),
    "access.member_added.v1": AccessOfMemberSchema(),
    "access.member_removed.v1": AccessOfMemberSchema(),
    "access.request_answered.v1": _read(
        ReceivedSchema,
        request_id=_Id(),
        answer=_Word(),
        message=Text(least=0, load_default="", most=2_000),
    ),
    "access.device_added.v1": _read(GrantSchema, device_id=_Id(), thing_name=_Word()),
    "access.device_removed.v1": _read(GrantSchema, device_id=_Id()),
    "access.device_stuck.v1": _read(StuckSchema, device_id=_Id()),
    "access.device_claim_made.v1": _read(GrantSchema, claim_id=_Id(), places=_Count(), expires_at=_Time()),
    "access.device_claim_revoked.v1": _read(GrantSchema, claim_id=_Id()),
    "access.key_replacement_started.v1": _read(GrantSchema, why=_Word(), device_id=fields.UUID()),
    "learning.invitation_sent.v1": _read(InvitationSchema, language=_Word()),
    "learning.invitation_accepted.v1": InvitationSchema(),
    "learning.invitation_expired.v1": InvitationSchema(),
    "learning.path_started.v1": InvitationSchema(),
    "learning.path_completed.v1": InvitationSchema(),
    "integrator.consent_given.v1": _read(
        ConsentSchema,
        event_types=fields.List(fields.String(), required=True),
        sees_personal=fields.Boolean(required=True),
    ),
    "integrator.consent_withdrawn.v1": ConsentSchema(),
    "message.sent.v1": _read(MessageSchema, transport=_Word()),
    "message.failed.v1": MessageFailedSchema(),
}
