"""API for integrators: the events that there are."""

from typing import Any

from marshmallow import Schema, fields

from chassis.http.current_service import current_service
from chassis.http.described import described
from chassis.http.openapi import ApiBlueprint
from chassis.http.paging import list_of
from chassis.http.principals import Kind, current_principal
from integrations.bootstrap import IntegrationsService
from integrations.entrypoints.web.api.own import current_integrator, expect_found

api = ApiBlueprint("event types", __name__, description="The events that there are")


class ChangeSeen(Schema):
    """What a release brought; the first one of a later version, against the version before."""

    on = fields.String(required=True, metadata={"format": "date"})
    added = described(fields.List(fields.String(), required=True), "Fields, by path")
    removed = described(fields.List(fields.String(), required=True), "Fields, by path")
    altered = described(fields.List(fields.String(), required=True), "A sentence for each")


class EventTypeSeen(Schema):
    """One version of one event, as readers may take it."""

    type = described(fields.String(required=True), "The CloudEvents type")
    key = described(fields.String(required=True), "What filters are given")
    topic = fields.String(required=True)
    title = fields.String(required=True)
    description = fields.String(required=True)
    schema = described(fields.Dict(required=True), "Of what webhooks carry: nothing personal is required")
    example = fields.Dict(required=True)
    changes = described(fields.List(fields.Nested(ChangeSeen), required=True), "The newest first")


EventTypesSeen = list_of("EventTypesSeen", event_types=EventTypeSeen)


@api.get("/v1/event-types")
@api.response(200, EventTypesSeen)
def list_event_types() -> dict[str, Any]:
    """List all that one may see: meaning, schema and an example of each version."""
    service = current_service(IntegrationsService)
    prefix = service.settings.event_type_prefix
    catalogue = service.settings.catalogue
    hidden: set[str] = set()
    if current_principal().kind is Kind.CLIENT:
        with service.open_work() as work:
            hidden |= set(expect_found(work.integrators.get(current_integrator())).refused(catalogue))
    return {
        "event_types": [
            vars(kind) | {"type": f"{prefix}.{key}"} for key, kind in catalogue.items() if key not in hidden
        ]
    }
