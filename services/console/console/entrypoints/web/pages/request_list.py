"""What partners ask for: the list, one beside what it is now, and the decision."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, render_template, request, url_for

from console.entrypoints.web.acts import Act, Target, add_act, facts_of
from console.entrypoints.web.asking import operator
from console.entrypoints.web.words import moment, word
from operator_client.operator import Facts, Operator
from operator_client.requests import Requests

pages = Blueprint("request_list", __name__, template_folder="templates")
STANDINGS = ("waiting", "asked", "approved", "done", "refused", "withdrawn")
KINDS = ("more_time", "product", "competence", "company")
UNDECIDED = ("waiting", "asked")
ON_A_PAGE = 50


@pages.get("/requests")
def show() -> str:
    """Those that wait unless told otherwise, the longest waiting first."""
    wanted = request.args.get("standing")
    standing = wanted if wanted in STANDINGS else "waiting"
    asked = Requests(operator().http)
    page = asked.page(standing=standing, limit=ON_A_PAGE, cursor=request.args.get("cursor"))
    return render_template(
        "requests.html",
        requests=page["requests"],
        next_cursor=page["next_cursor"],
        standing=standing,
        standings=STANDINGS,
        what=what,
    )


@pages.get("/requests/<uuid:request_id>")
def show_one(request_id: UUID) -> str:
    """One, with the company's facts before and after side by side, and what screening found."""
    found = Requests(operator().http).one(str(request_id))
    return render_template("request.html", found=found, what=what, is_open=found["standing"] in UNDECIDED)


def what(found: Facts) -> str:
    """What exactly is asked for, in a few words."""
    if found["kind"] == "company":
        return ", ".join(word("field", name) for name in found["after"])
    if found["kind"] == "competence":
        return str(found["competence"])
    until = f" → {moment(found['ends_at'])}" if found["ends_at"] else ""
    return f"{word('product', found['product'])}{until}"


def describe(request_id: UUID) -> Target:
    """The request as it stands now."""
    found = Requests(operator().http).one(str(request_id))
    changes = [f"{word('field', one)}: {found['before'][one]} → {new}" for one, new in found["after"].items()]
    return Target(
        title=f"{found['legal_name']}: {word('request', found['kind'])}",
        back=url_for("request_list.show_one", request_id=request_id),
        facts=facts_of(
            ("request-what", "; ".join(changes) or what(found)),
            ("request-standing", word("request-is", found["standing"])),
            ("request-reason", found["reason"]),
            ("request-findings", "; ".join(finding["message"] for finding in found["findings"])),
        ),
    )


def _performing(act: Callable[[Requests, str, str], Facts]) -> Callable[..., Facts]:
    def perform(asked: Operator, given: Mapping[str, Any], request_id: UUID) -> Facts:
        return act(Requests(asked.http), str(request_id), given["reason"])

    return perform


for name, act, path, is_grave in (
    ("approve-request", Requests.approve, "approval", False),
    ("refuse-request", Requests.refuse, "refusal", True),
):
    needed = f"POST /v1/requests/{{request_id}}/{path}"
    add_act(
        pages,
        f"/requests/<uuid:request_id>/{name}",
        Act(name, describe, _performing(act), needed, "onboarding", is_grave=is_grave),
    )
