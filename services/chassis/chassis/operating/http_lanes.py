"""Lanes and holes, for operators over HTTP: what the consumer keeps of each partner, and ways past it."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from marshmallow import Schema, fields, validate

from chassis.http.current_service import current_service
from chassis.http.described import described
from chassis.http.paging import PageSchema, page_of
from chassis.http.strict_fields import Name, StrictSchema
from chassis.messaging.consumer.operating import (
    close_hole,
    lanes_of_subject,
    list_holes,
    list_parked_lanes,
    release_lane,
    set_first_aside,
)
from chassis.operating.api import api
from chassis.operating.cursors import Cursor, moment, number, text
from chassis.operating.group_requests import actor_and_reason, own_group, page_of_group
from chassis.operating.http_schemas import Reason, Subject
from chassis.operating.settling import Settling


class ParkedPageSchema(PageSchema):
    cursor = Cursor(moment, text, text)


class LanesOfSubjectPageSchema(PageSchema):
    subject = Subject(required=True)
    cursor = Cursor(text)


class HolesPageSchema(PageSchema):
    cursor = Cursor(text, text, number)


class LaneActSchema(StrictSchema):
    topic = Name(required=True)
    subject = Subject(required=True)
    reason = Reason()


class HoleClosureSchema(LaneActSchema):
    first_missing = fields.Integer(required=True, strict=True, validate=validate.Range(1, 2**63 - 1))
    last_missing = fields.Integer(required=True, strict=True, validate=validate.Range(1, 2**63 - 1))


class ParkedLaneSchema(Schema):
    topic = fields.String()
    subject = fields.String()
    last_sequence = fields.Integer()
    parked_at = fields.AwareDateTime()
    attempts = fields.Integer()
    next_attempt_at = fields.AwareDateTime(allow_none=True)
    cause_code = fields.String(allow_none=True)
    cause_message = fields.String(allow_none=True)
    waiting_events = fields.Integer()


ParkedLanesSchema = page_of("ParkedLanesSchema", lanes=ParkedLaneSchema)


class LaneViewSchema(ParkedLaneSchema):
    is_parked = fields.Boolean()
    parked_at = fields.AwareDateTime(allow_none=True)
    hole_count = described(fields.Integer(), "How many runs of numbers never came")


LanesSchema = page_of("LanesSchema", lanes=LaneViewSchema)


class HoleSchema(Schema):
    topic = fields.String()
    subject = fields.String()
    first_missing = fields.Integer()
    last_missing = fields.Integer()
    found_at = fields.AwareDateTime()


HolesSchema = page_of("HolesSchema", holes=HoleSchema)


@api.get("/v1/lanes")
@api.arguments(LanesOfSubjectPageSchema, location="query")
@api.response(200, LanesSchema)
@api.alt_response(404)
def list_lanes_of_subject(query: Mapping[str, Any]) -> Mapping[str, Any]:
    """List the lanes of one partner, open and parked, by topic."""
    return page_of_group("lanes", partial(lanes_of_subject, subject=query["subject"]), query, "topic")


@api.get("/v1/lanes/parked")
@api.arguments(ParkedPageSchema, location="query")
@api.response(200, ParkedLanesSchema)
@api.alt_response(404)
def list_lanes(query: Mapping[str, Any]) -> Mapping[str, Any]:
    """List lanes that wait for something, with the cause."""
    return page_of_group("lanes", list_parked_lanes, query, "parked_at", "topic", "subject")


@api.get("/v1/lanes/holes")
@api.arguments(HolesPageSchema, location="query")
@api.response(200, HolesSchema)
@api.alt_response(404)
def list_lane_holes(query: Mapping[str, Any]) -> Mapping[str, Any]:
    """List numbers that never came."""
    return page_of_group("holes", list_holes, query, "topic", "subject", "first_missing")


@api.post("/v1/lanes/release")
@api.arguments(LaneActSchema)
@api.response(204)
@api.alt_response(404, 409)
def release_parked_lane(body: Mapping[str, Any]) -> None:
    """Retry a parked lane at once."""
    with current_service().database.begin() as work:
        release_lane(work, own_group(), body["topic"], body["subject"], **actor_and_reason(body))


@api.post("/v1/lanes/set-aside")
@api.arguments(LaneActSchema)
@api.response(204)
@api.alt_response(404, 409)
def set_first_event_aside(body: Mapping[str, Any]) -> None:
    """Make a dead letter of the first event that holds a lane up, so that the rest goes on."""
    with current_service().database.begin() as work:
        settling = Settling.of(current_service())
        set_first_aside(
            work,
            settling.reader,
            settling.group,
            body["topic"],
            body["subject"],
            **actor_and_reason(body),
        )


@api.post("/v1/lanes/holes/close")
@api.arguments(HoleClosureSchema)
@api.response(204)
@api.alt_response(404, 409)
def close_lane_hole(body: Mapping[str, Any]) -> None:
    """Give up events that never came; should they come after all, they count as seen."""
    numbers = (body["first_missing"], body["last_missing"])
    with current_service().database.begin() as work:
        close_hole(work, own_group(), body["topic"], body["subject"], numbers, **actor_and_reason(body))
