"""Relays and consumers of all services: what is not sent or read, and what lets a stopped one go on."""

from itertools import chain

from flask import Blueprint, render_template, url_for

from chassis.http.languages import translate
from console.entrypoints.web.acts import Act, Target, add_acts
from console.entrypoints.web.asking import (
    known_service,
    lists_of_services,
    named,
    pages_of_services,
    services,
)
from operator_client.operator import Facts

pages = Blueprint("consumer_list", __name__, template_folder="templates")
_SKIPS = "GET /v1/records/skips"
SKIPS_SHOWN = 50


@pages.get("/events/consumers")
def show() -> str:
    """Where relays and consumers stand, what may be done, and the records that are to be skipped."""
    positions, waiting = lists_of_services("GET /v1/positions"), lists_of_services("GET /v1/waiting")
    answers = pages_of_services(_SKIPS, SKIPS_SHOWN, services())
    return render_template(
        "consumers.html",
        services=services(),
        unsent={name: line for name in services() if (line := _unsent(waiting.get(name, [])))},
        positions=positions,
        skips=list(chain(*named(answers, _SKIPS))),
        failures={**waiting.failures, **answers.failures},
    )


def _unsent(waiting: list[Facts]) -> Facts | None:
    return next((line for line in waiting if line.get("kind") == "unsent_events" and line["count"]), None)


def _describe(service: str) -> Target:
    back = url_for("consumer_list.show")
    return Target(known_service(service), back, [("letter-service", service)])


def _tell_republished(outcome: Facts) -> str:
    left_out = ", ".join(outcome["left_out"]) or translate("none")
    return translate("republished", count=outcome["events"], left_out=left_out)


add_acts(
    pages,
    "/events/consumers/<service>",
    _describe,
    Act("skip-record", "POST /v1/records/skips", ("topic", "partition", "offset"), is_grave=True),
    Act(
        "clear-flood",
        "POST /v1/flood-clearances",
        ("let_through",),
        tell=lambda told: translate("flood-cleared", count=told["partitions"]),
    ),
    Act(
        "accept-loss",
        "POST /v1/loss-acceptances",
        is_grave=True,
        tell=lambda told: translate("loss-accepted", count=len(told["moved"])),
    ),
    Act(
        "republish",
        "POST /v1/republications",
        ("since", "until", "subject", "topic"),
        tell=_tell_republished,
    ),
)
