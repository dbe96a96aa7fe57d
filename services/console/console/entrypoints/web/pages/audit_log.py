"""Who did what, to whom, and why: the audit logs of all services in one, and as CSV."""

import heapq
from collections.abc import Iterable, Iterator
from typing import Any

from flask import Blueprint, Response, render_template, request

from chassis.http.csv_answers import csv_answer
from console.entrypoints.web.asking import (
    LONGEST_FILTER,
    ON_A_PAGE,
    named,
    operator,
    pages_of_services,
    services,
    wanted_services,
)
from console.entrypoints.web.words import utc, whole_id
from operator_client.operator import Facts

pages = Blueprint("audit_log", __name__, template_folder="templates")
_ALL = "GET /v1/operator-actions"
COLUMNS = (
    *("at", "service", "actor", "confirmed_by", "role", "action", "target"),
    *("reason", "outcome", "trace_id", "id"),
)
TEXTS = ("actor", "action", "target")
TIMES = ("from", "to")


@pages.get("/audit")
def show() -> str:
    """Newest first. Ids are ordered by time, so one cursor works for every service."""
    wanted, before = _wanted(), whole_id(request.args.get("cursor", ""))
    answers = pages_of_services(_ALL, ON_A_PAGE, cursor=before, **wanted)
    actions = list(_newest_first(named(answers, _ALL)))
    return render_template(
        "audit.html",
        actions=actions[:ON_A_PAGE],
        next_cursor=actions[ON_A_PAGE - 1]["id"] if len(actions) >= ON_A_PAGE else None,
        wanted={name: request.args.get(name, "") for name in (*TEXTS, *TIMES)},
        services=services(),
        failures=answers.failures,
    )


@pages.get("/audit.csv")
def export() -> Response:
    """As much as fits into a file."""
    wanted = _wanted()
    asked = operator()
    lists = [_named(name, asked.all(_ALL, name, **wanted)) for name in wanted_services()]
    return csv_answer("audit", COLUMNS, _newest_first(lists))


def _wanted() -> dict[str, str | None]:
    texts = {name: request.args.get(name, "")[:LONGEST_FILTER] or None for name in TEXTS}
    return {**texts, **{name: utc(request.args.get(name, "")) for name in TIMES}}


def _named(service: str, actions: Iterator[Facts]) -> Iterator[Facts]:
    return ({"service": service, **action} for action in actions)


def _newest_first(lists: Iterable[Iterable[Facts]]) -> Iterator[dict[str, Any]]:
    return heapq.merge(*lists, key=lambda action: action["id"], reverse=True)
