"""What waits for an operator, counted, over HTTP: how much of each kind, and since when."""

from typing import Any

from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from chassis.operating.http_schemas import WaitingSchema
from chassis.running.waiting import count_waiting


def add_waiting(api: ApiBlueprint) -> None:
    """Register the route."""

    @api.get("/v1/waiting")
    @api.response(200, WaitingSchema)
    def count_what_waits() -> dict[str, Any]:
        """Count what waits for an operator, of each kind, with the time of the oldest."""
        service = current_service()
        with service.database.begin() as work:
            return {"waiting": count_waiting(work.connection, service)}
