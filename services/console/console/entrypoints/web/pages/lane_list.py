"""Parked lanes and gaps of all services, and ways to continue."""

from collections.abc import Mapping
from itertools import chain
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for

from console.entrypoints.web.acts import Act, Target, add_acts
from console.entrypoints.web.asking import (
    LONGEST_FILTER,
    known_service,
    named,
    pages_of_services,
    services,
    wanted_services,
)

Given = Mapping[str, Any] | None
pages = Blueprint("lane_list", __name__, template_folder="templates")
ON_A_PAGE = 100


@pages.get("/events/lanes")
def show_parked() -> str:
    """Parked longest first, by service; the list of a single service has pages."""
    return _listed("lanes.html", "GET /v1/lanes/parked")


@pages.get("/events/holes")
def show_holes() -> str:
    """Sequence numbers that were skipped and have not arrived since."""
    return _listed("holes.html", "GET /v1/lanes/holes")


def _listed(template: str, row: str) -> str:
    cursor = request.args.get("cursor") if len(wanted_services()) == 1 else None
    answers = pages_of_services(row, ON_A_PAGE, cursor=cursor)
    return render_template(
        template,
        rows=list(chain(*named(answers, row))),
        next_cursors={name: page["next_cursor"] for name, page in answers.found.items()},
        services=services(),
        failures=answers.failures,
    )


def _lane(_: Given = None) -> dict[str, Any]:
    """Topic and subject as in the address."""
    topic, subject = request.args.get("topic", ""), request.args.get("subject", "")
    if not topic or not subject or len(topic) > LONGEST_FILTER or len(subject) > LONGEST_FILTER:
        abort(404)
    return {"topic": topic, "subject": subject}


def _hole(_: Given = None) -> dict[str, Any]:
    """The same, with the missing numbers."""
    first, last = request.args.get("first", type=int), request.args.get("last", type=int)
    if first is None or last is None:
        abort(404)
    return {**_lane(), "first_missing": first, "last_missing": last}


def _facts(service: str, lane: Mapping[str, Any]) -> list[tuple[str, str | None]]:
    return [
        ("letter-service", known_service(service)),
        ("letter-topic", lane["topic"]),
        ("letter-subject", lane["subject"]),
    ]


def _describe_lane(service: str) -> Target:
    lane = _lane()
    return Target(lane["subject"], url_for("lane_list.show_parked"), _facts(service, lane))


def _describe_hole(service: str) -> Target:
    hole = _hole()
    numbers = f"{hole['first_missing']}-{hole['last_missing']}"
    facts = [*_facts(service, hole), ("hole-numbers", numbers)]
    return Target(hole["subject"], url_for("lane_list.show_holes"), facts)


add_acts(
    pages,
    "/events/lanes/<service>",
    _describe_lane,
    Act("release-lane", "POST /v1/lanes/release", adds=_lane),
    Act("set-aside", "POST /v1/lanes/set-aside", is_grave=True, adds=_lane),
)
add_acts(
    pages,
    "/events/holes/<service>",
    _describe_hole,
    Act("close-hole", "POST /v1/lanes/holes/close", at="close", is_grave=True, adds=_hole),
)
