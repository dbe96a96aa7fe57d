"""What lets a stopped consumer go on, for operators over HTTP: skips of records, floods, lost positions."""

from collections.abc import Mapping
from typing import Any

from chassis.http.current_service import current_service
from chassis.messaging.consumer.skips import list_skips
from chassis.operating.api import api
from chassis.operating.group_requests import actor_and_reason, page_of
from chassis.operating.http_schemas import (
    FloodClearedSchema,
    LossAcceptedSchema,
    ReasonSchema,
    RecordSkipSchema,
    SkipsPageSchema,
    SkipsSchema,
)
from chassis.operating.stopped_consumer import accept_loss_of, clear_flood_of, skip_record


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
