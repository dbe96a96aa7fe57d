"""Dead letters of all services: cause, original event, replay, discard."""

import heapq
from collections.abc import Mapping
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, render_template, request, url_for

from chassis.http.languages import translate
from console.entrypoints.web.acts import Act, Target, add_acts
from console.entrypoints.web.asking import (
    LONGEST_FILTER,
    ON_A_PAGE,
    chosen,
    known_service,
    named,
    operator,
    pages_of_services,
    services,
)
from operator_client.operations import values
from operator_client.operator import Facts

pages = Blueprint("dead_letter_list", __name__, template_folder="templates")
_ALL = "GET /v1/dead-letters"
_ONE = "/v1/dead-letters/{letter_id}"
FILTERS = ("topic", "type", "code", "subject")


@pages.get("/events/dead-letters")
def show() -> str:
    """Oldest first, from all services, because ids are ordered by time."""
    wanted = {name: request.args.get(name, "")[:LONGEST_FILTER] or None for name in FILTERS}
    wanted["status"] = chosen(_ALL, "status", "waiting")
    answers = pages_of_services(_ALL, ON_A_PAGE, cursor=request.args.get("cursor"), **wanted)
    letters = list(heapq.merge(*named(answers, _ALL), key=lambda letter: letter["id"]))
    return render_template(
        "dead_letters.html",
        letters=letters[:ON_A_PAGE],
        next_cursor=letters[ON_A_PAGE - 1]["id"] if len(letters) >= ON_A_PAGE else None,
        wanted=wanted,
        services=services(),
        status=values(_ALL, "status"),
        failures=answers.failures,
    )


@pages.get("/events/dead-letters/<service>/<uuid:letter_id>")
def show_one(service: str, letter_id: UUID) -> str:
    """One dead letter, without its bytes."""
    return _page({}, known_service(service), letter_id)


def _page(letter: Facts, service: str, letter_id: UUID) -> str:
    found = letter or operator().ask(f"GET {_ONE}", service, letter_id=letter_id)
    return render_template("dead_letter.html", letter=found, service=service)


def _describe(service: str, letter_id: UUID) -> Target:
    letter = operator().ask(f"GET {_ONE}", known_service(service), letter_id=letter_id)
    return Target(
        title=letter["event_type"] or str(letter_id),
        back=url_for("dead_letter_list.show_one", service=service, letter_id=letter_id),
        facts=[
            ("letter-service", service),
            ("letter-topic", letter["topic"]),
            ("letter-subject", letter["subject"]),
            ("letter-status", letter["status"]),
            ("letter-cause", f"{letter['code']}: {letter['message']}"),
        ],
    )


def _chosen() -> dict[str, str]:
    """Which of a service's open dead letters the address names."""
    return {name: request.args[name][:LONGEST_FILTER] for name in FILTERS if request.args.get(name)}


def _describe_many(service: str) -> Target:
    chosen = _chosen()
    return Target(
        title=known_service(service),
        back=url_for("dead_letter_list.show", service=service, **cast(Any, chosen)),
        facts=[
            ("letter-service", service),
            ("letter-topic", chosen.get("topic")),
            ("column-event", chosen.get("type")),
            ("column-code", chosen.get("code")),
            ("letter-subject", chosen.get("subject")),
        ],
    )


def _tell_replayed(page: Facts) -> str:
    done = sum(one["outcome"] == "replayed" for one in page["outcomes"])
    told = translate("letters-replayed", done=done, failed=len(page["outcomes"]) - done)
    return f"{told} {translate('letters-more')}" if page["next_cursor"] else told


def _all_chosen(_: Mapping[str, Any]) -> dict[str, Any]:
    return {**_chosen(), "all": True}


add_acts(
    pages,
    "/events/dead-letters/<service>",
    _describe_many,
    Act("replay-letters", "POST /v1/dead-letters/replay", adds=_all_chosen, tell=_tell_replayed),
    Act(
        "discard-letters",
        "POST /v1/dead-letters/discard",
        is_grave=True,
        adds=_all_chosen,
        tell=lambda told: translate("letters-discarded", count=told["discarded"]),
    ),
)
add_acts(
    pages,
    "/events/dead-letters/<service>/<uuid:letter_id>",
    _describe,
    Act("replay-letter", f"POST {_ONE}/replay"),
    Act("discard-letter", f"POST {_ONE}/discard", is_grave=True),
    Act("see-letter", f"POST {_ONE}/disclosure", answer=_page),
)
