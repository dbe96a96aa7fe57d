"""Dead letters of all services: the cause, the event as it came, replay, discard."""

import heapq
from collections.abc import Mapping
from functools import partial
from typing import Any, cast
from uuid import UUID

from flask import Blueprint, abort, render_template, request, url_for

from chassis.http.languages import translate
from console.entrypoints.web.acts import Act, Target, add_act, facts_of
from console.entrypoints.web.asking import ask_together, events_of, services
from operator_client.event_operations import EventOperations
from operator_client.operator import Facts, Operator

pages = Blueprint("dead_letter_list", __name__, template_folder="templates")
STATUS = ("waiting", "replayed", "discarded")
FILTERS = ("topic", "type", "code", "subject")
ON_A_PAGE = 50
_LETTER = "/v1/dead-letters/{letter_id}"
LONGEST_FILTER = 512


def wanted_services() -> tuple[str, ...]:
    """The one that the address names, or all."""
    wanted = request.args.get("service")
    return (wanted,) if wanted in services() else services()


def known_service(service: str) -> str:
    """Raises 404 for any other."""
    if service not in services():
        abort(404)
    return service


@pages.get("/events/dead-letters")
def show() -> str:
    """The oldest first, whichever service has them: ids are made in the order of time."""
    wanted = {name: request.args.get(name, "")[:LONGEST_FILTER] or None for name in FILTERS}
    status = request.args.get("status")
    wanted["status"] = status if status in STATUS else "waiting"
    asked = {name: events_of(name) for name in wanted_services()}
    cursor = request.args.get("cursor")

    def page_of(events: EventOperations) -> Facts:
        return events.page("dead-letters", limit=ON_A_PAGE, cursor=cursor, **wanted)

    answers = ask_together({name: partial(page_of, events) for name, events in asked.items()})
    lists = [
        [{"service": name, **letter} for letter in page["dead_letters"]]
        for name, page in answers.found.items()
    ]
    letters = list(heapq.merge(*lists, key=lambda letter: letter["id"]))
    return render_template(
        "dead_letters.html",
        letters=letters[:ON_A_PAGE],
        next_cursor=letters[ON_A_PAGE - 1]["id"] if len(letters) >= ON_A_PAGE else None,
        wanted=wanted,
        services=services(),
        status=STATUS,
        failures=answers.failures,
    )


@pages.get("/events/dead-letters/<service>/<uuid:letter_id>")
def show_one(service: str, letter_id: UUID) -> str:
    """One without its bytes."""
    return _page({}, known_service(service), letter_id)


def _page(letter: Facts, service: str, letter_id: UUID) -> str:
    found = letter or events_of(service).dead_letter(str(letter_id), None)
    return render_template("dead_letter.html", letter=found, service=service)


def _describe(service: str, letter_id: UUID) -> Target:
    letter = events_of(known_service(service)).dead_letter(str(letter_id), None)
    return Target(
        title=letter["event_type"] or str(letter_id),
        back=url_for("dead_letter_list.show_one", service=service, letter_id=letter_id),
        facts=facts_of(
            ("letter-service", service),
            ("letter-topic", letter["topic"]),
            ("letter-subject", letter["subject"]),
            ("letter-status", letter["status"]),
            ("letter-cause", f"{letter['code']}: {letter['message']}"),
        ),
    )


def _replay(asked: Operator, given: Mapping[str, Any], service: str, letter_id: UUID) -> Facts:
    return EventOperations(asked.http, known_service(service)).replay(str(letter_id), given["reason"])


def _discard(asked: Operator, given: Mapping[str, Any], service: str, letter_id: UUID) -> Facts:
    return EventOperations(asked.http, known_service(service)).discard(str(letter_id), given["reason"])


def _disclose(asked: Operator, given: Mapping[str, Any], service: str, letter_id: UUID) -> Facts:
    return EventOperations(asked.http, known_service(service)).dead_letter(str(letter_id), given["reason"])


def _chosen() -> dict[str, str]:
    """Which of a service's waiting ones the address names."""
    return {name: request.args[name][:LONGEST_FILTER] for name in FILTERS if request.args.get(name)}


def _describe_many(service: str) -> Target:
    chosen = _chosen()
    return Target(
        title=known_service(service),
        back=url_for("dead_letter_list.show", service=service, **cast(Any, chosen)),
        facts=facts_of(
            ("letter-service", service),
            ("letter-topic", chosen.get("topic")),
            ("column-event", chosen.get("type")),
            ("column-code", chosen.get("code")),
            ("letter-subject", chosen.get("subject")),
        ),
    )


def _replay_many(asked: Operator, given: Mapping[str, Any], service: str) -> Facts:
    events = EventOperations(asked.http, known_service(service))
    return events.replay_page(_chosen(), given["reason"])


def _discard_many(asked: Operator, given: Mapping[str, Any], service: str) -> int:
    return EventOperations(asked.http, known_service(service)).discard_all(_chosen(), given["reason"])


def _tell_replayed(page: Facts) -> str:
    done = sum(one["outcome"] == "replayed" for one in page["outcomes"])
    told = translate("letters-replayed", done=done, failed=len(page["outcomes"]) - done)
    return f"{told} {translate('letters-more')}" if page["next_cursor"] else told


for act in (
    Act("replay-letters", _describe_many, _replay_many, "POST /v1/dead-letters/replay", tell=_tell_replayed),
    Act(
        "discard-letters",
        _describe_many,
        _discard_many,
        "POST /v1/dead-letters/discard",
        is_grave=True,
        tell=lambda count: translate("letters-discarded", count=count),
    ),
):
    add_act(pages, f"/events/dead-letters/<service>/{act.name}", act)
for act in (
    Act("replay-letter", _describe, _replay, f"POST {_LETTER}/replay"),
    Act("discard-letter", _describe, _discard, f"POST {_LETTER}/discard", is_grave=True),
    Act("see-letter", _describe, _disclose, f"POST {_LETTER}/disclosure", answer=_page),
):
    add_act(pages, f"/events/dead-letters/<service>/<uuid:letter_id>/{act.name}", act)
