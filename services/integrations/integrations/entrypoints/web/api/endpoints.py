"""API for integrators: their endpoints, the secrets of each, and a test of them."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from chassis.http.current_service import current_service
from chassis.http.idempotency import idempotent
from chassis.http.openapi import ApiBlueprint
from integrations.adapters.unit_of_work import IntegrationsUnitOfWork
from integrations.bootstrap import IntegrationsService
from integrations.domain.endpoints import BodyKind, Endpoint, Order, SecretKind
from integrations.entrypoints.web.api.own import current_actor, current_integrator, expect_found
from integrations.entrypoints.web.api.schemas import (
    EndpointChange,
    EndpointRequest,
    EndpointSeen,
    EndpointsSeen,
    ExampleRequest,
    ExampleStarted,
    Move,
    NewEndpoint,
    SecretRequest,
)
from integrations.handlers.commands import (
    AddEndpoint,
    ChangeEndpoint,
    NameEndpoint,
    RotateSecret,
    SendTest,
)
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

_CHOICES = {"order": Order, "body": BodyKind, "secret_kind": SecretKind}


@api.post("/v1/endpoints")
@api.arguments(EndpointRequest)
@api.response(201, NewEndpoint)
@api.alt_response(409)
def create_endpoint(body: dict[str, Any]) -> dict[str, Any]:
    """Have events sent to an address; the secret is shown this once."""
    command = AddEndpoint(integrator_id=current_integrator(), by=current_actor(), **chosen(body))
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
    """Change what is given, and leave the rest; what waits is sent as the endpoint is then."""
    command = ChangeEndpoint(
        integrator_id=current_integrator(), by=current_actor(), endpoint_id=endpoint_id, changes=chosen(body)
    )
    with current_service(IntegrationsService).open_work() as work:
        return expect_found(change_endpoint(work, command))


@api.delete("/v1/endpoints/<uuid:endpoint_id>")
@api.response(204)
@api.alt_response(404)
def remove_endpoint(endpoint_id: UUID) -> None:
    """Send nothing there any more; what waited for it is gone."""
    with current_service(IntegrationsService).open_work() as work:
        expect_found(delete_endpoint(work, _named(endpoint_id)))


@api.post("/v1/endpoints/<uuid:endpoint_id>/secrets")
@api.arguments(SecretRequest)
@api.response(201, NewEndpoint)
@api.alt_response(404, 409)
def create_secret(body: dict[str, Any], endpoint_id: UUID) -> dict[str, Any]:
    """Sign with a new secret, shown this once, and for a while with those before as well."""
    kind = body.get("secret_kind")
    command = RotateSecret(
        integrator_id=current_integrator(),
        by=current_actor(),
        endpoint_id=endpoint_id,
        kind=None if kind is None else SecretKind(kind),
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
    """Send nothing for now; what comes meanwhile waits."""
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
    command = SendTest(
        integrator_id=current_integrator(), endpoint_id=endpoint_id, event_type=body["event_type"]
    )
    return {"delivery_id": expect_found(send_test(work, command))}, 202


def _named(endpoint_id: UUID) -> NameEndpoint:
    return NameEndpoint(integrator_id=current_integrator(), by=current_actor(), endpoint_id=endpoint_id)


def chosen(body: dict[str, Any]) -> dict[str, Any]:
    """Words become the domain's choices."""
    return {name: _CHOICES[name](value) if name in _CHOICES else value for name, value in body.items()}
