"""Where a consumer stands, and what lets a stopped one go on, for operators over HTTP."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields, validate

from chassis.http.current_service import current_service
from chassis.http.described import described
from chassis.http.paging import PageSchema, list_of, page_of
from chassis.http.strict_fields import Name, StrictSchema, Whole
from chassis.messaging.consumer.skips import list_skips
from chassis.operating.api import api
from chassis.operating.cursors import Cursor, number, text
from chassis.operating.group_requests import actor_and_reason, page_of_group
from chassis.operating.http_schemas import Reason, ReasonSchema
from chassis.operating.stopped_consumer import (
    MOST_LET_THROUGH,
    accept_loss_of,
    clear_flood_of,
    positions_of,
    skip_record,
)


class SkipsPageSchema(PageSchema):
    cursor = Cursor(text, number, number)


class RecordSkipSchema(StrictSchema):
    topic = Name(required=True)
    partition = fields.Integer(required=True, strict=True, validate=validate.Range(0, 2**31 - 1))
    offset = fields.Integer(required=True, strict=True, validate=validate.Range(0, 2**63 - 1))
    reason = Reason()


class SkipSchema(Schema):
    topic = fields.String()
    partition = fields.Integer()
    record_offset = fields.Integer(data_key="offset")
    asked_at = fields.AwareDateTime()
    actor = fields.String()
    reason = fields.String()


SkipsSchema = page_of("SkipsSchema", skips=SkipSchema)


class PositionSchema(Schema):
    topic = fields.String(required=True)
    partition = fields.Integer(required=True)
    next_offset = described(
        fields.Integer(required=True, allow_none=True), "The record that comes next; null where all is read"
    )
    unread = fields.Integer(required=True)
    stopped_because = described(
        fields.String(required=True, allow_none=True),
        "A flood of dead letters that stopped the consumer here",
    )


PositionsSchema = list_of("PositionsSchema", positions=PositionSchema)


class FloodClearanceSchema(ReasonSchema):
    let_through = described(
        Whole(least=0, most=MOST_LET_THROUGH, load_default=0),
        "How many more dead letters of each partition do not count, where it is known what is still to come",
    )


class FloodClearedSchema(Schema):
    partitions = described(fields.Integer(), "How many were stopped")


class MovedPositionSchema(Schema):
    topic = fields.String()
    partition = fields.Integer()
    from_offset = described(fields.Integer(), "What came next, and is gone")
    to_offset = described(fields.Integer(), "Where the log begins")


class LossAcceptedSchema(Schema):
    moved = described(
        fields.List(fields.Nested(MovedPositionSchema)), "Empty where nothing was dropped unread"
    )


@api.get("/v1/records/skips")
@api.arguments(SkipsPageSchema, location="query")
@api.response(200, SkipsSchema)
@api.alt_response(404)
def list_record_skips(query: Mapping[str, Any]) -> Mapping[str, Any]:
    """List the records that operators had skipped."""
    return page_of_group("skips", list_skips, query, "topic", "partition", "record_offset")


@api.post("/v1/records/skips")
@api.arguments(RecordSkipSchema)
@api.response(204)
@api.alt_response(404, 409, 503)
def post_record_skip(body: Mapping[str, Any]) -> None:
    """Have the consumer make this record a dead letter, as it stops at it each time.

    422 for a place where nothing stands yet, 409 for a record that was read, or is to be skipped already.
    """
    skip_record(
        current_service(),
        (body["topic"], body["partition"], body["offset"]),
        **actor_and_reason(body),
    )


@api.get("/v1/positions")
@api.response(200, PositionsSchema)
@api.alt_response(404, 503)
def list_positions() -> Mapping[str, Any]:
    """List where the consumer has not read everything, or stopped; it need not run."""
    return {"positions": positions_of(current_service())}


@api.post("/v1/flood-clearances")
@api.arguments(FloodClearanceSchema)
@api.response(200, FloodClearedSchema)
@api.alt_response(404)
def clear_flood_counts(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Forget the counts of dead letters, so that a consumer that stopped may go on."""
    return {
        "partitions": clear_flood_of(
            current_service(), let_through=body["let_through"], **actor_and_reason(body)
        )
    }


@api.post("/v1/loss-acceptances")
@api.arguments(ReasonSchema)
@api.response(200, LossAcceptedSchema)
@api.alt_response(404, 409, 503)
def accept_lost_records(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """Let a consumer that stopped go on at the log's start where records were dropped unread."""
    return {"moved": accept_loss_of(current_service(), **actor_and_reason(body))}
