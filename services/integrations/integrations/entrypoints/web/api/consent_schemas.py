"""What the API takes and gives about consents."""

from uuid import UUID

from marshmallow import Schema, fields

from chassis.http.paging import PageSchema, list_of, page_of
from chassis.http.strict_fields import Choice, Name, StrictSchema
from chassis.operating.cursors import Cursor
from integrations.domain.consents import Standing
from integrations.entrypoints.web.api.fields import By
from integrations.entrypoints.web.api.schemas import PurposeSeen

_LONGEST_DIGEST = 64


class ConsentGiving(StrictSchema):
    """What the partner was shown, and agrees to."""

    shown = Name(required=True, most=_LONGEST_DIGEST)


class ConsentSeen(Schema):
    """One agreement: to what, by whom and when."""

    consent_id = fields.UUID(required=True, attribute="id")
    integrator_id = fields.UUID(required=True)
    integrator_name = fields.String(required=True)
    partner_id = fields.UUID(required=True)
    event_types = fields.List(fields.String(), required=True, data_key="types")
    sees_personal = fields.Boolean(required=True)
    purpose = fields.Nested(PurposeSeen, required=True)
    given_at = fields.AwareDateTime(required=True)
    given_by = By()
    withdrawn_at = fields.AwareDateTime(required=True, allow_none=True)
    withdrawn_by = By()


class ConsentRequestSeen(Schema):
    """What the integrator asks for now."""

    event_types = fields.List(fields.String(), required=True, data_key="types")
    sees_personal = fields.Boolean(required=True)
    purpose = fields.Nested(PurposeSeen, required=True)
    shown = fields.String(
        required=True, attribute="digest", metadata={"description": "Send it back to agree to just this"}
    )


class SharingSeen(Schema):
    """An integrator beside a partner."""

    integrator_id = fields.UUID(required=True)
    integrator_name = fields.String(required=True)
    standing = Choice(Standing, required=True)
    agreed_at = fields.AwareDateTime(required=True, allow_none=True)
    withdrawn_at = fields.AwareDateTime(required=True, allow_none=True)
    request = fields.Nested(ConsentRequestSeen, required=True, allow_none=True)
    consents = fields.List(
        fields.Nested(ConsentSeen), required=True, metadata={"description": "The newest first"}
    )


SharingsSeen = list_of("SharingsSeen", integrators=SharingSeen)


class ConsentsPage(PageSchema):
    before = Cursor(UUID, data_key="cursor")


ConsentsSeen = page_of("ConsentsSeen", consents=ConsentSeen)
