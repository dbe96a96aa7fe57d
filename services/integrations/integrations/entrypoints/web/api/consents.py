"""API of consents: what a partner agreed to, for itself and for operators."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from chassis.http.current_service import current_service
from chassis.http.described import described
from chassis.http.idempotency import idempotent
from chassis.http.openapi import ApiBlueprint
from chassis.http.paging import PageSchema, list_of, page_of
from chassis.http.strict_fields import Choice, Name, StrictSchema
from chassis.operating.cursors import Cursor, next_cursor
from integrations.adapters.unit_of_work import IntegrationsUnitOfWork
from integrations.bootstrap import IntegrationsService
from integrations.domain.consents import Sharing, Standing
from integrations.entrypoints.web.api.fields import By
from integrations.entrypoints.web.api.own import expect_found
from integrations.entrypoints.web.api.schemas import Move, PurposeSeen
from integrations.entrypoints.web.own_consents import agree, withdraw
from integrations.handlers.commands import OfPartner
from integrations.handlers.consents import sharing_with_all

api = ApiBlueprint("consents", __name__, description="What partners agree to")

_ONE = "/v1/partners/<uuid:partner_id>/consents/<uuid:integrator_id>"
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
    shown = described(fields.String(required=True, attribute="digest"), "Send it back to agree to just this")


class SharingSeen(Schema):
    """An integrator beside a partner."""

    integrator_id = fields.UUID(required=True)
    integrator_name = fields.String(required=True)
    standing = Choice(Standing, required=True)
    agreed_at = fields.AwareDateTime(required=True, allow_none=True)
    withdrawn_at = fields.AwareDateTime(required=True, allow_none=True)
    request = fields.Nested(ConsentRequestSeen, required=True, allow_none=True)
    consents = described(fields.List(fields.Nested(ConsentSeen), required=True), "The newest first")


SharingsSeen = list_of("SharingsSeen", integrators=SharingSeen)


class ConsentsPage(PageSchema):
    before = Cursor(UUID, data_key="cursor")


ConsentsSeen = page_of("ConsentsSeen", consents=ConsentSeen)


@api.get("/v1/partners/<uuid:partner_id>/consents")
@api.response(200, SharingsSeen)
@api.alt_response(404)
def list_consents_of_partner(partner_id: UUID) -> dict[str, Any]:
    """List integrators that ask for a partner's events, and the consents given; former ones come last."""
    with current_service(IntegrationsService).open_work() as work:
        return {"integrators": sharing_with_all(work, OfPartner(partner_id))}


@api.post(_ONE)
@api.arguments(ConsentGiving)
@idempotent
@api.response(200, SharingSeen)
@api.alt_response(404, 429)
def give_own_consent(
    work: IntegrationsUnitOfWork, body: dict[str, Any], partner_id: UUID, integrator_id: UUID
) -> Sharing:
    """Consent to what the integrator asks for; 409 if that is no longer what was shown."""
    return expect_found(agree(work, integrator_id, body["shown"]))


@api.post(f"{_ONE}/withdrawal")
@api.arguments(Move)
@idempotent
@api.response(200, SharingSeen)
@api.alt_response(404)
def withdraw_own_consent(
    work: IntegrationsUnitOfWork, _body: dict[str, Any], partner_id: UUID, integrator_id: UUID
) -> Sharing:
    """Withdraw the consent; takes effect at once, also for deliveries that wait."""
    return expect_found(withdraw(work, integrator_id))


@api.get("/v1/integrators/<uuid:integrator_id>/consents")
@api.arguments(ConsentsPage, location="query")
@api.response(200, ConsentsSeen)
@api.alt_response(404)
def list_consents_of_integrator(query: dict[str, Any], integrator_id: UUID) -> dict[str, Any]:
    """List what partners agreed to and withdrew, the newest first."""
    (before,) = query.get("before", (None,))
    with current_service(IntegrationsService).open_work() as work:
        expect_found(work.integrators.get(integrator_id))
        found = work.consents.of_integrator(integrator_id, before, query["limit"])
    return {"consents": found, "next_cursor": next_cursor(found, query["limit"], "id")}
