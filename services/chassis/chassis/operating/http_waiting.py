"""What waits for an operator, counted, over HTTP: how much of each kind, and since when."""

from typing import Any

from marshmallow import Schema, fields

from chassis.http.current_service import current_service
from chassis.http.described import described
from chassis.http.paging import list_of
from chassis.operating.api import api
from chassis.running.waiting import count_waiting


class WaitingKindSchema(Schema):
    kind = fields.String(required=True)
    count = fields.Integer(required=True)
    has_more = described(fields.Boolean(required=True), "True where there are more than were counted")
    oldest_at = fields.AwareDateTime(required=True, allow_none=True)


WaitingSchema = list_of("WaitingSchema", waiting=WaitingKindSchema)


@api.get("/v1/waiting")
@api.response(200, WaitingSchema)
def count_what_waits() -> dict[str, Any]:
    """Count open tasks by kind, with the time of the oldest."""
    service = current_service()
    with service.database.begin() as work:
        return {"waiting": count_waiting(work.connection, service)}
