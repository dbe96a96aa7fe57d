"""Consumers of all services: single records to skip, a flood or a loss to go on after, events sent again."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import Blueprint, render_template, url_for

from chassis.http.languages import translate
from console.entrypoints.web.acts import Act, Field, Target, add_act, facts_of
from console.entrypoints.web.asking import ask_together, events_of, services
from console.entrypoints.web.pages.dead_letter_list import known_service
from operator_client.event_operations import EventOperations
from operator_client.operator import Facts, Operator

pages = Blueprint("consumer_list", __name__, template_folder="templates")
SKIPS_SHOWN = 50


@pages.get("/events/consumers")
def show() -> str:
    """What may be done to each service's consumer, and the records that were to be skipped."""
    asked = {name: events_of(name) for name in services()}

    def page_of(events: EventOperations) -> Facts:
        return events.page("records/skips", limit=SKIPS_SHOWN)

    answers = ask_together({name: partial(page_of, events) for name, events in asked.items()})
    skips = [{"service": name, **skip} for name, page in answers.found.items() for skip in page["skips"]]
    return render_template("consumers.html", services=services(), skips=skips, failures=answers.failures)


def _describe(service: str) -> Target:
    back = url_for("consumer_list.show")
    return Target(known_service(service), back, facts_of(("letter-service", service)))


def _events(asked: Operator, service: str) -> EventOperations:
    return EventOperations(asked.http, known_service(service))


def _skip(asked: Operator, given: Mapping[str, Any], service: str) -> None:
    place = given["topic"], int(given["partition"]), int(given["offset"])
    _events(asked, service).skip_record(*place, given["reason"])


def _clear_flood(asked: Operator, given: Mapping[str, Any], service: str) -> int:
    return _events(asked, service).clear_flood(given["reason"])


def _accept_loss(asked: Operator, given: Mapping[str, Any], service: str) -> list[Facts]:
    return _events(asked, service).accept_loss(given["reason"])


def _republish(asked: Operator, given: Mapping[str, Any], service: str) -> Facts:
    names = ("since", "until", "subject", "topic")
    selection = {name: given[name] for name in names if given[name]}
    return _events(asked, service).republish(selection, given["reason"])


def _tell_republished(outcome: Facts) -> str:
    left_out = ", ".join(outcome["left_out"]) or translate("none")
    return translate("republished", count=outcome["events"], left_out=left_out)


_PLACE = (Field("topic"), Field("partition", "number"), Field("offset", "number"))
_SELECTION = (
    Field("since", "datetime-local", is_required=False),
    Field("until", "datetime-local", is_required=False),
    Field("subject", is_required=False),
    Field("topic", is_required=False),
)
for act in (
    Act("skip-record", _describe, _skip, "POST /v1/records/skips", fields=_PLACE, is_grave=True),
    Act(
        "clear-flood",
        _describe,
        _clear_flood,
        "POST /v1/flood-clearances",
        tell=lambda partitions: translate("flood-cleared", count=partitions),
    ),
    Act(
        "accept-loss",
        _describe,
        _accept_loss,
        "POST /v1/loss-acceptances",
        is_grave=True,
        tell=lambda moved: translate("loss-accepted", count=len(moved)),
    ),
    Act(
        "republish",
        _describe,
        _republish,
        "POST /v1/republications",
        fields=_SELECTION,
        tell=_tell_republished,
    ),
):
    add_act(pages, f"/events/consumers/<service>/{act.name}", act)
