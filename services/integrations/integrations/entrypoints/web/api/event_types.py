"""API for integrators: the events that there are."""

from typing import Any

from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from chassis.http.principals import Kind, current_principal
from integrations.bootstrap import IntegrationsService
from integrations.entrypoints.web.api.own import current_integrator, expect_found
from integrations.entrypoints.web.api.schemas import EventTypesSeen

api = ApiBlueprint("event types", __name__, description="The events that there are")


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
