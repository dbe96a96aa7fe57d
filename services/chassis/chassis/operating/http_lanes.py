"""Lanes, holes and single records, for operators over HTTP: what the consumer keeps, and ways past it."""

from collections.abc import Mapping
from typing import Any

from chassis.database.operators_log import note_action
from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from chassis.http.principals import current_principal, requires_operator, requires_viewer
from chassis.http.problems import Problem
from chassis.messaging.consumer.flood import clear_flood
from chassis.messaging.consumer.operating import (
    close_hole,
    list_holes,
    list_parked_lanes,
    release_lane,
    set_first_aside,
)
from chassis.messaging.consumer.skips import ask_to_skip, list_skips
from chassis.operating.cursors import next_cursor
from chassis.operating.http_schemas import (
    FloodClearedSchema,
    HoleClosureSchema,
    HolesPageSchema,
    HolesSchema,
    LaneActSchema,
    ParkedLanesSchema,
    ParkedPageSchema,
    ReasonSchema,
    RecordSkipSchema,
    SkipsPageSchema,
    SkipsSchema,
)
from chassis.operating.refusals import refusals
from chassis.operating.settling import Settling


def add_lanes(api: ApiBlueprint) -> None:
    """Register the routes."""
    _lists(api)
    _acts_on_lanes(api)
    _acts_on_holes_and_floods(api)
    _records(api)


def _lists(api: ApiBlueprint) -> None:
    @api.get("/v1/lanes/parked")
    @requires_viewer
    @api.arguments(ParkedPageSchema, location="query")
    @api.response(200, ParkedLanesSchema)
    def list_lanes(query: Mapping[str, Any]) -> Mapping[str, Any]:
        """List lanes that wait for something, with the cause."""
        page = (_own_group(), query["limit"], query.get("cursor"))
        with current_service().database.begin() as work:
            lanes = list_parked_lanes(work.connection, *page)
        cursor = next_cursor(lanes, query["limit"], "parked_at", "topic", "subject")
        return {"lanes": lanes, "next_cursor": cursor}

    @api.get("/v1/lanes/holes")
    @requires_viewer
    @api.arguments(HolesPageSchema, location="query")
    @api.response(200, HolesSchema)
    def list_lane_holes(query: Mapping[str, Any]) -> Mapping[str, Any]:
        """List numbers that never came."""
        page = (_own_group(), query["limit"], query.get("cursor"))
        with current_service().database.begin() as work:
            holes = list_holes(work.connection, *page)
        cursor = next_cursor(holes, query["limit"], "topic", "subject", "first_missing")
        return {"holes": holes, "next_cursor": cursor}


def _acts_on_lanes(api: ApiBlueprint) -> None:
    @api.post("/v1/lanes/release")
    @requires_operator
    @api.arguments(LaneActSchema)
    @api.response(204)
    @api.alt_response(409)
    def release_parked_lane(body: Mapping[str, Any]) -> None:
        """Let a parked lane try at once."""
        told = {"actor": current_principal().name, "reason": body["reason"]}
        with refusals(), current_service().database.begin() as work:
            release_lane(work, _own_group(), body["topic"], body["subject"], **told)

    @api.post("/v1/lanes/set-aside")
    @requires_operator
    @api.arguments(LaneActSchema)
    @api.response(204)
    @api.alt_response(409)
    def set_first_event_aside(body: Mapping[str, Any]) -> None:
        """Make a dead letter of the first event that holds a lane up, so that the rest goes on."""
        told = {"actor": current_principal().name, "reason": body["reason"]}
        lane = (_own_group(), body["topic"], body["subject"])
        with refusals(), current_service().database.begin() as work:
            set_first_aside(work, Settling.of(current_service()).reader, *lane, **told)


def _acts_on_holes_and_floods(api: ApiBlueprint) -> None:
    @api.post("/v1/lanes/holes/close")
    @requires_operator
    @api.arguments(HoleClosureSchema)
    @api.response(204)
    @api.alt_response(409)
    def close_lane_hole(body: Mapping[str, Any]) -> None:
        """Give up events that never came; should they come after all, they count as seen."""
        told = {"actor": current_principal().name, "reason": body["reason"]}
        lane = (_own_group(), body["topic"], body["subject"])
        with refusals(), current_service().database.begin() as work:
            close_hole(work, *lane, (body["first_missing"], body["last_missing"]), **told)

    @api.post("/v1/flood-clearances")
    @requires_operator
    @api.arguments(ReasonSchema)
    @api.response(200, FloodClearedSchema)
    def clear_flood_counts(body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Forget the counts of dead letters, so that a consumer that stopped may go on."""
        group = _own_group()
        told = {"actor": current_principal().name, "action": "clear flood", "target": group}
        with current_service().database.begin() as work:
            stopped = clear_flood(work.connection, group)
            note_action(work.connection, **told, reason=body["reason"])
        return {"partitions": stopped}


def _records(api: ApiBlueprint) -> None:
    @api.get("/v1/records/skips")
    @requires_viewer
    @api.arguments(SkipsPageSchema, location="query")
    @api.response(200, SkipsSchema)
    def list_record_skips(query: Mapping[str, Any]) -> Mapping[str, Any]:
        """List the records that operators had skipped."""
        page = (_own_group(), query["limit"], query.get("cursor"))
        with current_service().database.begin() as work:
            skips = list_skips(work.connection, *page)
        cursor = next_cursor(skips, query["limit"], "topic", "partition", "record_offset")
        return {"skips": skips, "next_cursor": cursor}

    @api.post("/v1/records/skips")
    @requires_operator
    @api.arguments(RecordSkipSchema)
    @api.response(204)
    @api.alt_response(409)
    def skip_record(body: Mapping[str, Any]) -> None:
        """Have the consumer make this record a dead letter, as it stops at it each time."""
        subscriptions = current_service().subscriptions
        if subscriptions is None or body["topic"] not in subscriptions.topics:
            raise Problem(422, "topic_not_read", "This service does not read that topic.")
        place = (body["topic"], body["partition"], body["offset"])
        told = {"actor": current_principal().name, "reason": body["reason"]}
        with refusals(), current_service().database.begin() as work:
            ask_to_skip(work.connection, subscriptions.group, place, **told)


def _own_group() -> str:
    subscriptions = current_service().subscriptions
    if subscriptions is None:
        raise Problem(404, "not_found", "This service listens to nobody.")
    return subscriptions.group
