"""Lanes and holes, for operators over HTTP: what the consumer keeps of each partner, and ways past it."""

from collections.abc import Mapping
from typing import Any

from chassis.http.current_service import current_service
from chassis.http.openapi import ApiBlueprint
from chassis.http.principals import current_principal, requires_operator, requires_viewer
from chassis.messaging.consumer.operating import (
    close_hole,
    lanes_of_subject,
    list_holes,
    list_parked_lanes,
    release_lane,
    set_first_aside,
)
from chassis.operating.cursors import next_cursor
from chassis.operating.http_schemas import (
    HoleClosureSchema,
    HolesPageSchema,
    HolesSchema,
    LaneActSchema,
    LanesOfSubjectPageSchema,
    LanesSchema,
    ParkedLanesSchema,
    ParkedPageSchema,
)
from chassis.operating.listening import subscriptions_of
from chassis.operating.refusals import refusals
from chassis.operating.settling import Settling


def add_lanes(api: ApiBlueprint) -> None:
    """Register the routes."""
    _lists(api)
    _acts_on_lanes(api)
    _acts_on_holes(api)


def _lists(api: ApiBlueprint) -> None:
    @api.get("/v1/lanes")
    @requires_viewer
    @api.arguments(LanesOfSubjectPageSchema, location="query")
    @api.response(200, LanesSchema)
    @api.alt_response(404)
    def list_lanes_of_subject(query: Mapping[str, Any]) -> Mapping[str, Any]:
        """List the lanes of one partner, open and parked, by topic."""
        page = (query["subject"], query["limit"], query.get("cursor"))
        with refusals(), current_service().database.begin() as work:
            lanes = lanes_of_subject(work.connection, _own_group(), *page)
        return {"lanes": lanes, "next_cursor": next_cursor(lanes, query["limit"], "topic")}

    @api.get("/v1/lanes/parked")
    @requires_viewer
    @api.arguments(ParkedPageSchema, location="query")
    @api.response(200, ParkedLanesSchema)
    @api.alt_response(404)
    def list_lanes(query: Mapping[str, Any]) -> Mapping[str, Any]:
        """List lanes that wait for something, with the cause."""
        page = (query["limit"], query.get("cursor"))
        with refusals(), current_service().database.begin() as work:
            lanes = list_parked_lanes(work.connection, _own_group(), *page)
        cursor = next_cursor(lanes, query["limit"], "parked_at", "topic", "subject")
        return {"lanes": lanes, "next_cursor": cursor}

    @api.get("/v1/lanes/holes")
    @requires_viewer
    @api.arguments(HolesPageSchema, location="query")
    @api.response(200, HolesSchema)
    @api.alt_response(404)
    def list_lane_holes(query: Mapping[str, Any]) -> Mapping[str, Any]:
        """List numbers that never came."""
        page = (query["limit"], query.get("cursor"))
        with refusals(), current_service().database.begin() as work:
            holes = list_holes(work.connection, _own_group(), *page)
        cursor = next_cursor(holes, query["limit"], "topic", "subject", "first_missing")
        return {"holes": holes, "next_cursor": cursor}


def _acts_on_lanes(api: ApiBlueprint) -> None:
    @api.post("/v1/lanes/release")
    @requires_operator
    @api.arguments(LaneActSchema)
    @api.response(204)
    @api.alt_response(404)
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
    @api.alt_response(404)
    @api.alt_response(409)
    def set_first_event_aside(body: Mapping[str, Any]) -> None:
        """Make a dead letter of the first event that holds a lane up, so that the rest goes on."""
        told = {"actor": current_principal().name, "reason": body["reason"]}
        with refusals(), current_service().database.begin() as work:
            settling = Settling.of(current_service())
            set_first_aside(work, settling.reader, settling.group, body["topic"], body["subject"], **told)


def _acts_on_holes(api: ApiBlueprint) -> None:
    @api.post("/v1/lanes/holes/close")
    @requires_operator
    @api.arguments(HoleClosureSchema)
    @api.response(204)
    @api.alt_response(404)
    @api.alt_response(409)
    def close_lane_hole(body: Mapping[str, Any]) -> None:
        """Give up events that never came; should they come after all, they count as seen."""
        told = {"actor": current_principal().name, "reason": body["reason"]}
        numbers = (body["first_missing"], body["last_missing"])
        with refusals(), current_service().database.begin() as work:
            close_hole(work, _own_group(), body["topic"], body["subject"], numbers, **told)


def _own_group() -> str:
    return subscriptions_of(current_service()).group
