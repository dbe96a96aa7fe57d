"""API for integrators: what became of each event, and sending again."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, validates_schema

from chassis import clock
from chassis.http.current_service import current_service
from chassis.http.described import described
from chassis.http.idempotency import idempotent
from chassis.http.openapi import ApiBlueprint
from chassis.http.paging import PageSchema, page_of
from chassis.http.strict_fields import Choice, Flag
from chassis.operating.cursors import Cursor, next_cursor, number
from integrations.adapters.unit_of_work import IntegrationsUnitOfWork
from integrations.bootstrap import IntegrationsService
from integrations.domain.deliveries import Delivery, State
from integrations.domain.replays import Replay
from integrations.domain.replays import State as ReplayState
from integrations.entrypoints.web.api.fields import EventTypeName, EventTypes, Filter, Moment, TimeRange
from integrations.entrypoints.web.api.own import current_actor, current_integrator, expect_found
from integrations.entrypoints.web.api.schemas import Move
from integrations.handlers.commands import RetryDelivery, StartReplay
from integrations.handlers.deliveries import retry, start_replay
from integrations.handlers.ports import WantedDeliveries

api = ApiBlueprint("deliveries", __name__, description="What became of each event, and sending again")


class DeliveriesPage(PageSchema, TimeRange):
    endpoint_id = fields.UUID()
    state = Choice(State)
    event_type = EventTypeName(data_key="type")
    partner_id = fields.UUID()
    event_id = fields.UUID(data_key="webhook_id")
    before = Cursor(number, UUID, data_key="cursor")


class DeliverySeen(Schema):
    """One event on its way to one endpoint."""

    id = fields.UUID(required=True)
    endpoint_id = fields.UUID(required=True)
    webhook_id = fields.UUID(required=True, attribute="event_id")
    event_type = fields.String(required=True, data_key="type")
    partner_id = fields.UUID(required=True)
    is_test = fields.Boolean(required=True)
    state = Choice(State, required=True)
    attempts = fields.Integer(required=True)
    last_outcome = fields.String(required=True, allow_none=True)
    last_status = fields.Integer(required=True, allow_none=True)
    due_at = fields.AwareDateTime(required=True, allow_none=True)
    created_at = fields.AwareDateTime(required=True)
    delivered_at = fields.AwareDateTime(required=True, allow_none=True)


DeliveriesSeen = page_of("DeliveriesSeen", deliveries=DeliverySeen)


class AttemptSeen(Schema):
    """One attempt and the beginning of its answer."""

    number = fields.Integer(required=True)
    at = fields.AwareDateTime(required=True)
    duration_ms = fields.Integer(required=True)
    outcome = fields.String(required=True)
    status = fields.Integer(required=True, allow_none=True)
    answer = described(fields.String(required=True), "At most 1 KiB")


class DeliveryInFull(DeliverySeen):
    """A delivery with the log of its attempts, and the event as its endpoint gets it."""

    log = fields.List(fields.Nested(AttemptSeen), required=True)
    event = described(fields.Dict(required=True, allow_none=True), "A CloudEvent")


class ReplayRequest(TimeRange):
    """Which events to send once more; ``only_undelivered`` leaves out what was taken."""

    endpoint_id = fields.UUID(required=True)
    since = Moment(required=True, data_key="from")
    until = Moment(data_key="to", load_default=None)
    event_types = EventTypes(data_key="types", allow_none=True, load_default=None)
    partner_id = fields.UUID(load_default=None)
    filter = Filter(load_default=None)
    only_undelivered = Flag(load_default=False)

    @validates_schema(skip_on_field_errors=False)
    def begins_in_the_past(self, data: dict[str, Any], **_: Any) -> None:
        since = data.get("since")
        if since and since > clock.now():
            raise ValidationError("Lies in the future: nothing came in since then.", "from")


class ReplaySeen(Schema):
    """How far a replay is."""

    id = fields.UUID(required=True)
    endpoint_id = fields.UUID(required=True)
    since = fields.AwareDateTime(required=True, data_key="from")
    until = fields.AwareDateTime(required=True, data_key="to")
    state = Choice(ReplayState, required=True)
    progress = described(fields.Float(required=True), "From 0 to 1")
    events_total = described(fields.Integer(required=True), "Events of that time that you may see")
    events_done = described(fields.Integer(required=True), "Of them looked at so far")
    deliveries = described(fields.Integer(required=True), "Started so far")
    under_way = described(fields.Integer(required=True), "Left alone so far, as they were to be sent anyway")
    created_at = fields.AwareDateTime(required=True)


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
    """Retry a delivery now, with all its attempts, under the same webhook-id."""
    command = RetryDelivery(integrator_id=current_integrator(), delivery_id=delivery_id)
    return expect_found(retry(work, command)), 202


@api.post("/v1/replays")
@api.arguments(ReplayRequest)
@idempotent
@api.response(202, ReplaySeen)
@api.alt_response(404)
def create_replay(work: IntegrationsUnitOfWork, body: dict[str, Any]) -> tuple[Replay, int]:
    """Replay the events of a period to one endpoint, also those from before it was created."""
    command = StartReplay(integrator_id=current_integrator(), by=current_actor(), **body)
    return expect_found(start_replay(work, command)), 202


@api.get("/v1/replays/<uuid:replay_id>")
@api.response(200, ReplaySeen)
@api.alt_response(404)
def show_replay(replay_id: UUID) -> Replay:
    """Show the progress of a replay."""
    with current_service(IntegrationsService).open_work() as work:
        return expect_found(work.replays.get(current_integrator(), replay_id))
