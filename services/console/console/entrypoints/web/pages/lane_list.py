"""Parked lanes and holes of all services, and ways past them."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from flask import Blueprint, abort, render_template, request, url_for

from console.entrypoints.web.acts import Act, Target, add_act, facts_of
from console.entrypoints.web.asking import Answers, ask_together, events_of, services
from console.entrypoints.web.pages.dead_letter_list import known_service, wanted_services
from operator_client.event_operations import EventOperations
from operator_client.operator import Facts, Operator

pages = Blueprint("lane_list", __name__, template_folder="templates")
ON_A_PAGE = 100
LONGEST = 512


@pages.get("/events/lanes")
def show_parked() -> str:
    """Those parked longest first, service by service; one service at a time can be paged."""
    return _listed("lanes.html", "lanes/parked", "lanes")


@pages.get("/events/holes")
def show_holes() -> str:
    """Numbers that were jumped over and have not come since."""
    return _listed("holes.html", "lanes/holes", "holes")


def _listed(template: str, kind: str, member: str) -> str:
    wanted = wanted_services()
    cursor = request.args.get("cursor") if len(wanted) == 1 else None
    asked = {name: events_of(name) for name in wanted}

    def page_of(events: EventOperations) -> Facts:
        return events.page(kind, limit=ON_A_PAGE, cursor=cursor)

    answers: Answers[Facts] = ask_together({name: partial(page_of, events) for name, events in asked.items()})
    rows = [{"service": name, **row} for name, page in answers.found.items() for row in page[member]]
    return render_template(
        template,
        rows=rows,
        next_cursors={name: page["next_cursor"] for name, page in answers.found.items()},
        services=services(),
        failures=answers.failures,
    )


def _lane() -> tuple[str, str]:
    """Topic and subject as the address has them."""
    topic, subject = request.args.get("topic", ""), request.args.get("subject", "")
    if not topic or not subject or len(topic) > LONGEST or len(subject) > LONGEST:
        abort(404)
    return topic, subject


def _hole() -> tuple[int, int]:
    first, last = request.args.get("first", type=int), request.args.get("last", type=int)
    if first is None or last is None:
        abort(404)
    return first, last


def _describe_lane(service: str) -> Target:
    topic, subject = _lane()
    facts = facts_of(
        ("letter-service", known_service(service)), ("letter-topic", topic), ("letter-subject", subject)
    )
    return Target(subject, url_for("lane_list.show_parked"), facts)


def _describe_hole(service: str) -> Target:
    topic, subject = _lane()
    first, last = _hole()
    facts = facts_of(
        ("letter-service", known_service(service)),
        ("letter-topic", topic),
        ("letter-subject", subject),
        ("hole-numbers", f"{first}-{last}"),
    )
    return Target(subject, url_for("lane_list.show_holes"), facts)


def _performing(act: Callable[..., None]) -> Callable[..., None]:
    def perform(asked: Operator, given: Mapping[str, Any], service: str) -> None:
        act(EventOperations(asked.http, known_service(service)), *_lane(), given["reason"])

    return perform


def _close_hole(asked: Operator, given: Mapping[str, Any], service: str) -> None:
    events = EventOperations(asked.http, known_service(service))
    events.close_hole(*_lane(), _hole(), given["reason"])


for act in (
    Act("release-lane", _describe_lane, _performing(EventOperations.release_lane), "POST /v1/lanes/release"),
    Act(
        "set-aside",
        _describe_lane,
        _performing(EventOperations.set_aside),
        "POST /v1/lanes/set-aside",
        is_grave=True,
    ),
):
    add_act(pages, f"/events/lanes/<service>/{act.name}", act)
add_act(
    pages,
    "/events/holes/<service>/close",
    Act("close-hole", _describe_hole, _close_hole, "POST /v1/lanes/holes/close", is_grave=True),
)
