"""Where a consumer stands, and what lets a stopped one go on, for operators over HTTP."""

from collections.abc import Mapping
from typing import Any

from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from chassis.messaging.consumer.skips import list_skips
from chassis.operating.group_requests import actor_and_reason, page_of
from chassis.operating.http_schemas import (
    FloodClearedSchema,
    LossAcceptedSchema,
    PositionsSchema,
    ReasonSchema,
    RecordSkipSchema,
    SkipsPageSchema,
    SkipsSchema,
)
from chassis.operating.stopped_consumer import accept_loss_of, clear_flood_of, positions_of, skip_record


def add_stopped_consumer(api: ApiBlueprint) -> None:
    """Register the routes."""
    _records(api)
    _floods_and_losses(api)


def _records(api: ApiBlueprint) -> None:
    @api.get("/v1/records/skips")
    @api.arguments(SkipsPageSchema, location="query")
    @api.response(200, SkipsSchema)
    @api.alt_response(404)
    def list_record_skips(query: Mapping[str, Any]) -> Mapping[str, Any]:
        """List the records that operators had skipped."""
        return page_of("skips", list_skips, query, "topic", "partition", "record_offset")

    @api.post("/v1/records/skips")
    @api.arguments(RecordSkipSchema)
    @api.response(204)
    @api.alt_response(404, 409)
    def post_record_skip(body: Mapping[str, Any]) -> None:
        """Have the consumer make this record a dead letter, as it stops at it each time."""
        skip_record(
            current_service(),
            (body["topic"], body["partition"], body["offset"]),
            **actor_and_reason(body),
        )


def _floods_and_losses(api: ApiBlueprint) -> None:
    @api.get("/v1/positions")
    @api.response(200, PositionsSchema)
    @api.alt_response(404, 503)
    def list_positions() -> Mapping[str, Any]:
        """List where the consumer has not read everything, or stopped; it need not run."""
        return {"positions": positions_of(current_service())}

    @api.post("/v1/flood-clearances")
    @api.arguments(ReasonSchema)
    @api.response(200, FloodClearedSchema)
    @api.alt_response(404)
    def clear_flood_counts(body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Forget the counts of dead letters, so that a consumer that stopped may go on."""
        return {"partitions": clear_flood_of(current_service(), **actor_and_reason(body))}

    @api.post("/v1/loss-acceptances")
    @api.arguments(ReasonSchema)
    @api.response(200, LossAcceptedSchema)
    @api.alt_response(404, 409, 503)
    def accept_lost_records(body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Let a consumer that stopped go on at the log's start where records were dropped unread."""
        return {"moved": accept_loss_of(current_service(), **actor_and_reason(body))}
