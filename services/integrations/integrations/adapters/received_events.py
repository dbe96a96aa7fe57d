"""The events that integrations reads: they go on as they came, so hardly a field is looked at."""

from collections.abc import Mapping

from marshmallow import Schema, fields

from chassis.messaging.subscriptions import OpenSchema


class ReceivedSchema(OpenSchema):
    """An event about a partner."""

    partner_id = fields.UUID(required=True)


class PartnerApproved(ReceivedSchema):
    tier = fields.String(required=True)
    products_wanted = fields.List(fields.String(), required=True)


class GrantRead(OpenSchema):
    """A product that the partner has or is to get."""

    product = fields.String(required=True)


class PartnerState(ReceivedSchema):
    state = fields.String(required=True)
    tier = fields.String(required=True, allow_none=True)
    products_wanted = fields.List(fields.String(), required=True)
    grants = fields.List(fields.Nested(GrantRead), required=True)


class SessionsEnded(ReceivedSchema):
    session_ids = fields.List(fields.UUID(), required=True)


class AccessGranted(ReceivedSchema):
    product = fields.String(required=True)


_ANYTHING = ReceivedSchema()
_LOOKED_AT: Mapping[str, Schema] = {
    "partner.approved.v1": PartnerApproved(),
    "partner.state.v1": PartnerState(),
    "partner.sessions_ended.v1": SessionsEnded(),
    "access.granted.v1": AccessGranted(),
}


def schema_of(event: str) -> Schema:
    """What an event is read with, by ``name.vN``."""
    return _LOOKED_AT.get(event, _ANYTHING)
