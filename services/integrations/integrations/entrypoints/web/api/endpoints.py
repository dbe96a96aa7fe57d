"""API for integrators: their endpoints, the secrets of each, and a test of them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from marshmallow import Schema, fields

from chassis.http.current_service import current_service
from chassis.http.described import described
from chassis.http.idempotency import idempotent
from chassis.http.openapi import ApiBlueprint
from chassis.http.paging import list_of
from chassis.http.strict_fields import Choice, Name, StrictSchema, Whole
from chassis.http.visits import visit_of_key
from integrations.adapters.unit_of_work import IntegrationsUnitOfWork
from integrations.bootstrap import IntegrationsService
from integrations.domain.endpoints import BodyKind, Endpoint, Order, SecretKind, State
from integrations.domain.integrators import PartnerScope
from integrations.entrypoints.web.api.fields import (
    By,
    EndpointPartners,
    EventTypeName,
    EventTypes,
    Filter,
    WebhookUrl,
)
from integrations.entrypoints.web.api.own import current_actor, current_integrator, expect_found
from integrations.entrypoints.web.api.schemas import Move, PartnerScopeSeen
from integrations.handlers import commands
from integrations.handlers.endpoints import (
    add_endpoint,
    change_endpoint,
    delete_endpoint,
    pause,
    resume,
    rotate_secret,
    send_test,
)
from integrations.handlers.verifying import request_verification

api = ApiBlueprint("endpoints", __name__, description="Where webhooks are sent to")

MOST_CONCURRENT = 100
MOST_PER_SECOND = 1_000
MOST_HOURS_KEPT = 7 * 24


class EndpointRequest(StrictSchema):
    """Where events are to be sent, and which. Without types it gets all that its integrator may see."""

    url = WebhookUrl(required=True)
    description = Name(least=0, most=200, load_default="")
    event_types = EventTypes(data_key="types", allow_none=True, load_default=None)
    partners = fields.Nested(EndpointPartners, load_default=PartnerScope())
    filter = Filter(load_default=None)
    order = Choice(Order, load_default=Order.NONE)
    body = Choice(BodyKind, load_default=BodyKind.STRUCTURED)
    secret_kind = Choice(SecretKind, load_default=SecretKind.HMAC)
    concurrency = Whole(least=1, most=MOST_CONCURRENT, load_default=10)
    rate_per_second = Whole(least=1, most=MOST_PER_SECOND, allow_none=True, load_default=None)


class EndpointChange(StrictSchema):
    """What is to change; what is left out stays."""

    url = WebhookUrl()
    description = Name(least=0, most=200)
    event_types = EventTypes(data_key="types", allow_none=True)
    partners = fields.Nested(EndpointPartners)
    filter = Filter()
    order = Choice(Order)
    body = Choice(BodyKind)
    concurrency = Whole(least=1, most=MOST_CONCURRENT)
    rate_per_second = Whole(least=1, most=MOST_PER_SECOND, allow_none=True)


class EndpointSeen(Schema):
    """An endpoint and how it stands."""

    id = fields.UUID(required=True)
    url = fields.String(required=True)
    description = fields.String(required=True)
    event_types = fields.List(fields.String(), required=True, allow_none=True, data_key="types")
    partners = fields.Nested(PartnerScopeSeen, required=True)
    filter = fields.String(required=True, allow_none=True)
    order = fields.String(required=True)
    body = fields.String(required=True)
    secret_kind = fields.String(required=True)
    concurrency = fields.Integer(required=True)
    rate_per_second = fields.Integer(required=True, allow_none=True)
    state = Choice(State, required=True)
    state_reason = described(
        fields.String(required=True, allow_none=True), "Why it is disabled: gone (410) or failing"
    )
    failing_since = fields.AwareDateTime(required=True, allow_none=True)
    verified_at = fields.AwareDateTime(required=True, allow_none=True)
    challenged_at = fields.AwareDateTime(required=True, allow_none=True)
    challenge_outcome = described(
        fields.String(required=True, allow_none=True), "ok, or why it is not verified; null while it is asked"
    )
    created_at = fields.AwareDateTime(required=True)
    made_by = By()


EndpointsSeen = list_of("EndpointsSeen", endpoints=EndpointSeen)


class NewEndpoint(EndpointSeen):
    secret = described(
        fields.String(required=True),
        "Shown this once: whsec_… to check v1 signatures, or the public key whpk_… for v1a",
    )


class SecretRequest(StrictSchema):
    """A new secret; those before are signed with as well for a while."""

    secret_kind = Choice(SecretKind)
    keep_hours = Whole(least=0, most=MOST_HOURS_KEPT, load_default=24)


class ExampleRequest(StrictSchema):
    """Which example to send."""

    event_type = EventTypeName(required=True, data_key="type")


class ExampleStarted(Schema):
    delivery_id = fields.UUID(required=True)


@api.post("/v1/endpoints")
@api.arguments(EndpointRequest)
@api.response(201, NewEndpoint)
@api.alt_response(409)
def create_endpoint(body: dict[str, Any]) -> dict[str, Any]:
    """Create an endpoint; its secret is shown this once.

    The same `Idempotency-Key` with the same body is the same endpoint, with a new secret.
    """
    command = commands.AddEndpoint(
        integrator_id=current_integrator(), by=current_actor(), visit=visit_of_key(), **body
    )
    with current_service(IntegrationsService).open_work() as work:
        endpoint, secret = expect_found(add_endpoint(work, command))
    return vars(endpoint) | {"secret": secret}


@api.get("/v1/endpoints")
@api.response(200, EndpointsSeen)
def list_endpoints() -> dict[str, Any]:
    """List all, the oldest first."""
    with current_service(IntegrationsService).open_work() as work:
        return {"endpoints": work.endpoints.of_integrator(current_integrator())}


@api.get("/v1/endpoints/<uuid:endpoint_id>")
@api.response(200, EndpointSeen)
@api.alt_response(404)
def show_endpoint(endpoint_id: UUID) -> Endpoint:
    """Show one and how it stands."""
    with current_service(IntegrationsService).open_work() as work:
        return expect_found(work.endpoints.get(current_integrator(), endpoint_id))


@api.patch("/v1/endpoints/<uuid:endpoint_id>")
@api.arguments(EndpointChange)
@api.response(200, EndpointSeen)
@api.alt_response(404)
def update_endpoint(body: dict[str, Any], endpoint_id: UUID) -> Endpoint:
    """Change the fields given; deliveries that wait are sent with the new ones."""
    command = commands.ChangeEndpoint(
        integrator_id=current_integrator(), by=current_actor(), endpoint_id=endpoint_id, changes=body
    )
    with current_service(IntegrationsService).open_work() as work:
        return expect_found(change_endpoint(work, command))


@api.delete("/v1/endpoints/<uuid:endpoint_id>")
@api.response(204)
@api.alt_response(404)
def remove_endpoint(endpoint_id: UUID) -> None:
    """Delete an endpoint, with the deliveries that wait for it."""
    with current_service(IntegrationsService).open_work() as work:
        expect_found(delete_endpoint(work, _named(endpoint_id)))


@api.post("/v1/endpoints/<uuid:endpoint_id>/secrets")
@api.arguments(SecretRequest)
@api.response(201, NewEndpoint)
@api.alt_response(404, 409)
def create_secret(body: dict[str, Any], endpoint_id: UUID) -> dict[str, Any]:
    """Sign with a new secret, shown this once, and for a while with those before as well."""
    command = commands.RotateSecret(
        integrator_id=current_integrator(),
        by=current_actor(),
        endpoint_id=endpoint_id,
        kind=body.get("secret_kind"),
        keep=timedelta(hours=body["keep_hours"]),
    )
    with current_service(IntegrationsService).open_work() as work:
        endpoint, secret = expect_found(rotate_secret(work, command))
    return vars(endpoint) | {"secret": secret}


@api.post("/v1/endpoints/<uuid:endpoint_id>/pause")
@api.arguments(Move)
@idempotent
@api.response(200, EndpointSeen)
@api.alt_response(404)
def pause_endpoint(work: IntegrationsUnitOfWork, _body: dict[str, Any], endpoint_id: UUID) -> Endpoint:
    """Pause an endpoint; events wait meanwhile."""
    return expect_found(pause(work, _named(endpoint_id)))


@api.post("/v1/endpoints/<uuid:endpoint_id>/resume")
@api.arguments(Move)
@idempotent
@api.response(200, EndpointSeen)
@api.alt_response(404)
def resume_endpoint(work: IntegrationsUnitOfWork, _body: dict[str, Any], endpoint_id: UUID) -> Endpoint:
    """Send again, beginning with what waited; also for an endpoint that was disabled."""
    return expect_found(resume(work, _named(endpoint_id)))


@api.post("/v1/endpoints/<uuid:endpoint_id>/verification")
@api.arguments(Move)
@idempotent
@api.response(202, EndpointSeen)
@api.alt_response(404)
def verify_endpoint(
    work: IntegrationsUnitOfWork, _body: dict[str, Any], endpoint_id: UUID
) -> tuple[Endpoint, int]:
    """Ask the address whether it wants events; the endpoint tells what came of it."""
    return expect_found(request_verification(work, _named(endpoint_id))), 202


@api.post("/v1/endpoints/<uuid:endpoint_id>/tests")
@api.arguments(ExampleRequest)
@idempotent
@api.response(202, ExampleStarted)
@api.alt_response(404)
def send_test_event(
    work: IntegrationsUnitOfWork, body: dict[str, Any], endpoint_id: UUID
) -> tuple[dict[str, Any], int]:
    """Send the example of an event; what comes back stands in the delivery."""
    command = commands.SendTest(
        integrator_id=current_integrator(), endpoint_id=endpoint_id, event_type=body["event_type"]
    )
    return {"delivery_id": expect_found(send_test(work, command))}, 202


def _named(endpoint_id: UUID) -> commands.NameEndpoint:
    return commands.NameEndpoint(
        integrator_id=current_integrator(), by=current_actor(), endpoint_id=endpoint_id
    )
