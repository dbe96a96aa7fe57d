"""API for integrators: what became of each event, and sending again."""

from typing import Any
from uuid import UUID

from chassis.http.current_service import current_service
from chassis.http.idempotency import idempotent
from chassis.http.openapi import ApiBlueprint
from chassis.operating.cursors import next_cursor
from integrations.adapters.unit_of_work import IntegrationsUnitOfWork
from integrations.bootstrap import IntegrationsService
from integrations.domain.deliveries import Delivery
from integrations.domain.replays import Replay
from integrations.entrypoints.web.api.own import current_actor, current_integrator, expect_found
from integrations.entrypoints.web.api.schemas import (
    DeliveriesPage,
    DeliveriesSeen,
    DeliveryInFull,
    DeliverySeen,
    Move,
    ReplayRequest,
    ReplaySeen,
)
from integrations.handlers.commands import RetryDelivery, StartReplay
from integrations.handlers.deliveries import retry, start_replay
from integrations.handlers.ports import WantedDeliveries

api = ApiBlueprint("deliveries", __name__, description="What became of each event, and sending again")


@api.get("/v1/deliveries")
@api.arguments(DeliveriesPage, location="query")
@api.response(200, DeliveriesSeen)
def list_deliveries(query: dict[str, Any]) -> dict[str, Any]:
    """List what was sent or is to be, the newest event first."""
    wanted = WantedDeliveries(integrator_id=current_integrator(), **query)
    with current_service(IntegrationsService).open_work() as work:
        found = work.deliveries.find(wanted)
    cursor = next_cursor(found, wanted.limit, "position", "endpoint_id")
    return {"deliveries": found, "next_cursor": cursor}


@api.get("/v1/deliveries/<uuid:delivery_id>")
@api.response(200, DeliveryInFull)
@api.alt_response(404)
def show_delivery(delivery_id: UUID) -> dict[str, Any]:
    """Show one with its attempts, and the event as it is sent."""
    with current_service(IntegrationsService).open_work() as work:
        delivery = expect_found(work.deliveries.get(current_integrator(), delivery_id))
        log, event = work.deliveries.attempts(delivery), work.events.shown(delivery)
    return vars(delivery) | {"log": log, "event": event}


@api.post("/v1/deliveries/<uuid:delivery_id>/retries")
@api.arguments(Move)
@idempotent
@api.response(202, DeliverySeen)
@api.alt_response(404)
def retry_delivery(
    work: IntegrationsUnitOfWork, _body: dict[str, Any], delivery_id: UUID
) -> tuple[Delivery, int]:
    """Send it again now, with all its tries, under the same webhook-id."""
    command = RetryDelivery(integrator_id=current_integrator(), delivery_id=delivery_id)
    return expect_found(retry(work, command)), 202


@api.post("/v1/replays")
@api.arguments(ReplayRequest)
@idempotent
@api.response(202, ReplaySeen)
@api.alt_response(404)
def create_replay(work: IntegrationsUnitOfWork, body: dict[str, Any]) -> tuple[Replay, int]:
    """Send the events of a time once more to one endpoint, also those from before it was made."""
    command = StartReplay(integrator_id=current_integrator(), by=current_actor(), **body)
    return expect_found(start_replay(work, command)), 202


@api.get("/v1/replays/<uuid:replay_id>")
@api.response(200, ReplaySeen)
@api.alt_response(404)
def show_replay(replay_id: UUID) -> Replay:
    """Show how far it is."""
    with current_service(IntegrationsService).open_work() as work:
        return expect_found(work.replays.get(current_integrator(), replay_id))
