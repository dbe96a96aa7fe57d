"""API for operators: vendors and teams, what they may see, and their tokens."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from chassis.http.current_service import current_service
from chassis.http.described import described
from chassis.http.idempotency import KEPT_FOR, idempotent
from chassis.http.openapi import ApiBlueprint
from chassis.http.paging import PageSchema, list_of, page_of
from chassis.http.problems import wrong_field
from chassis.http.strict_fields import Choice, Flag, Name, ProperName
from chassis.http.visits import visit_of_key
from chassis.operating.audited import acts_on, note_own_act, operators_act
from chassis.operating.cursors import Cursor, next_cursor, text
from chassis.operating.http_schemas import StatedReason
from integrations.adapters.unit_of_work import IntegrationsUnitOfWork
from integrations.bootstrap import IntegrationsService
from integrations.domain.api_tokens import ApiToken
from integrations.domain.endpoints import State
from integrations.domain.integrators import Integrator, PartnerRule, PartnerScope
from integrations.entrypoints.web.api.fields import By, EventTypes, PartnerScopeSchema, PurposeSchema
from integrations.entrypoints.web.api.own import current_actor, expect_found
from integrations.entrypoints.web.api.schemas import PartnerScopeSeen, PurposeSeen
from integrations.handlers import commands
from integrations.handlers.integrators import (
    add_integrator,
    change_scope,
    issue_token,
    remove_integrator,
    revoke_token,
)

MOST_SILENT = 200
_ONE = "/v1/integrators/<uuid:integrator_id>"

api = ApiBlueprint("integrators", __name__, description="Vendors and teams that get events")


class IntegratorRequest(StatedReason):
    """A vendor or team, and what it may see. Without types it sees all of them."""

    name = ProperName(required=True)
    event_types = EventTypes(data_key="types", allow_none=True, load_default=None)
    partners = fields.Nested(PartnerScopeSchema, load_default=PartnerScope())
    sees_personal = Flag(load_default=False)
    uses_kafka = Flag(load_default=False)
    verifies_endpoints = Flag(load_default=False)
    purpose = fields.Nested(PurposeSchema, load_default=None)


class ScopeChange(StatedReason):
    """What an integrator may see from now on; what is left out stays, no types at all shut it off."""

    event_types = EventTypes(data_key="types", allow_none=True, least=0)
    partners = fields.Nested(PartnerScopeSchema)
    sees_personal = Flag()
    uses_kafka = Flag()
    verifies_endpoints = Flag()
    purpose = fields.Nested(PurposeSchema)


class TokenRequest(StatedReason):
    """A token for an integrator's programs."""

    label = Name(least=0, most=100, load_default="")


class IntegratorsPage(PageSchema):
    cursor = Cursor(text)


class IntegratorSeen(Schema):
    """A vendor or team."""

    integrator_id = fields.UUID(required=True, attribute="id")
    name = fields.String(required=True)
    event_types = fields.List(fields.String(), required=True, allow_none=True, data_key="types")
    partners = fields.Nested(PartnerScopeSeen, required=True)
    sees_personal = fields.Boolean(required=True)
    uses_kafka = described(fields.Boolean(required=True), "Whether it may have a user of Kafka")
    verifies_endpoints = described(
        fields.Boolean(required=True), "Whether its endpoints have to say that they want events"
    )
    purpose = described(fields.Nested(PurposeSeen, required=True, allow_none=True), "What partners are told")
    created_at = fields.AwareDateTime(required=True)


class IntegratorInFull(IntegratorSeen):
    unknown_partners = described(
        fields.List(fields.UUID(), required=True),
        "Of the partners chosen by id, those of which nothing was told yet, or that were erased",
    )


IntegratorsSeen = page_of("IntegratorsSeen", integrators=IntegratorSeen)


class TokenSeen(Schema):
    """A token, as far as it is known."""

    token_id = fields.UUID(required=True, attribute="id")
    label = fields.String(required=True)
    hint = described(fields.String(required=True), "Its last characters")
    created_at = fields.AwareDateTime(required=True)
    made_by = By()
    revoked_at = fields.AwareDateTime(required=True, allow_none=True)


TokensSeen = list_of("TokensSeen", tokens=TokenSeen)


class NewToken(TokenSeen):
    token = described(fields.String(required=True), "Shown this once")


class SilentEndpointSeen(Schema):
    """An endpoint that takes nothing, or is sent nothing any more; of its address the host alone."""

    endpoint_id = fields.UUID(required=True, attribute="id")
    integrator_id = fields.UUID(required=True)
    integrator_name = fields.String(required=True)
    host = fields.String(required=True)
    state = Choice(State, required=True)
    state_reason = fields.String(required=True, allow_none=True)
    since = fields.AwareDateTime(required=True)


SilentEndpointsSeen = list_of("SilentEndpointsSeen", endpoints=SilentEndpointSeen)


@api.post("/v1/integrators")
@api.arguments(IntegratorRequest)
@idempotent
@api.response(201, IntegratorInFull)
def create_integrator(work: IntegrationsUnitOfWork, body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Add an integrator, with what it may see; 409 if the name is taken."""
    reason = body.pop("reason")
    integrator = add_integrator(work, commands.AddIntegrator(**body))
    if integrator is None:
        taken = "Another integrator has this name."
        raise wrong_field(409, "name_taken", taken, name=taken)
    note_own_act(work, "add integrator", integrator.id, reason)
    return _in_full(work, integrator), 201


@api.get("/v1/integrators")
@api.arguments(IntegratorsPage, location="query")
@api.response(200, IntegratorsSeen)
def list_integrators(query: dict[str, Any]) -> dict[str, Any]:
    """List all, by name."""
    (after,) = query.get("cursor", ("",))
    with current_service(IntegrationsService).open_work() as work:
        found = work.integrators.after(after, query["limit"])
    return {"integrators": found, "next_cursor": next_cursor(found, query["limit"], "name")}


@api.get("/v1/silent-endpoints")
@api.response(200, SilentEndpointsSeen)
def list_silent_endpoints() -> dict[str, Any]:
    """List up to 200 of all integrators that took nothing for an hour or are disabled, longest first."""
    with current_service(IntegrationsService).open_work() as work:
        return {"endpoints": work.endpoint_health.silent(MOST_SILENT)}


@api.get("/v1/integrators/<uuid:integrator_id>")
@api.response(200, IntegratorInFull)
@api.alt_response(404)
def show_integrator(integrator_id: UUID) -> dict[str, Any]:
    """Show one."""
    with current_service(IntegrationsService).open_work() as work:
        return _in_full(work, expect_found(work.integrators.get(integrator_id)))


@operators_act(
    api, "/v1/integrators/<uuid:integrator_id>/scope", "change scope", ScopeChange, IntegratorInFull
)
def change_integrator_scope(
    work: IntegrationsUnitOfWork, body: dict[str, Any], integrator_id: UUID
) -> dict[str, Any]:
    """Change what an integrator may see; counts at once, also for what waits to be sent.

    A partner that is named may be one to come: `unknown_partners` tells of whom nothing is known.
    """
    changes = {name: value for name, value in body.items() if name != "reason"}
    command = commands.ChangeScope(integrator_id=integrator_id, by=current_actor(), changes=changes)
    return _in_full(work, expect_found(change_scope(work, command)))


def _in_full(work: IntegrationsUnitOfWork, integrator: Integrator) -> dict[str, Any]:
    scope = integrator.partners
    named = [UUID(one) for one in scope.values] if scope.rule is PartnerRule.NAMED else []
    known = work.partners.known(named) if named else set()
    return {**vars(integrator), "unknown_partners": [one for one in named if one not in known]}


@acts_on(api, _ONE, IntegratorSeen)("removal", "remove integrator")
def remove_one_integrator(
    work: IntegrationsUnitOfWork, _body: dict[str, Any], integrator_id: UUID
) -> Integrator:
    """Remove an integrator for good, with its tokens, endpoints and deliveries."""
    return expect_found(
        remove_integrator(work, commands.RemoveIntegrator(integrator_id=integrator_id, by=current_actor()))
    )


@api.get("/v1/integrators/<uuid:integrator_id>/tokens")
@api.response(200, TokensSeen)
@api.alt_response(404)
def list_tokens(integrator_id: UUID) -> dict[str, Any]:
    """List an integrator's tokens, the oldest first; never the tokens themselves."""
    with current_service(IntegrationsService).open_work() as work:
        expect_found(work.integrators.get(integrator_id))
        return {"tokens": work.api_tokens.of_integrator(integrator_id)}


@api.post("/v1/integrators/<uuid:integrator_id>/tokens")
@api.arguments(TokenRequest)
@api.response(201, NewToken)
@api.alt_response(404)
def create_token(body: dict[str, Any], integrator_id: UUID) -> dict[str, Any]:
    """Make a token for its programs, shown this once; with the same key within a day it is replaced."""
    with current_service(IntegrationsService).open_work() as work:
        command = commands.IssueToken(
            integrator_id=integrator_id,
            by=current_actor(),
            label=body["label"],
            visit=visit_of_key(),
            repeatable_for=KEPT_FOR,
        )
        token, secret = expect_found(issue_token(work, command))
        note_own_act(work, "issue token", integrator_id, body["reason"])
    return vars(token) | {"token": secret}


@acts_on(api, f"{_ONE}/tokens/<uuid:token_id>", TokenSeen)("revocation", "revoke token")
def revoke_integrators_token(
    work: IntegrationsUnitOfWork, _body: dict[str, Any], integrator_id: UUID, token_id: UUID
) -> ApiToken:
    """Revoke a token; takes effect with the next request."""
    command = commands.RevokeToken(integrator_id=integrator_id, by=current_actor(), token_id=token_id)
    return expect_found(revoke_token(work, command))
