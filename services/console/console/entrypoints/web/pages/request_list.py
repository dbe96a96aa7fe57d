"""Requests of partners: the list, one request beside the present state, and the decision."""

from uuid import UUID

from flask import Blueprint, render_template, url_for

from console.entrypoints.web.acts import Act, Target, add_acts
from console.entrypoints.web.asking import chosen, operator, page
from console.entrypoints.web.words import moment, word
from operator_client.operations import values
from operator_client.operator import Facts

pages = Blueprint("request_list", __name__, template_folder="templates")
_ALL = "GET /v1/requests"
_ONE = "/v1/requests/{request_id}"
KINDS = ("more_time", "product", "competence", "company")
UNDECIDED = ("waiting", "asked")


@pages.get("/requests")
def show() -> str:
    """Open requests by default, the longest waiting first."""
    standing = chosen(_ALL, "standing", "waiting")
    return render_template(
        "requests.html",
        **page(_ALL, standing=standing),
        standing=standing,
        standings=values(_ALL, "standing"),
        what=what,
    )


@pages.get("/requests/<uuid:request_id>")
def show_one(request_id: UUID) -> str:
    """One request, with the company's facts before and after side by side, and the screening result."""
    found = operator().ask(f"GET {_ONE}", request_id=request_id)
    return render_template("request.html", found=found, what=what, is_open=found["standing"] in UNDECIDED)


def what(found: Facts) -> str:
    """The request in a few words."""
    if found["kind"] == "company":
        return ", ".join(word("field", name) for name in found["after"])
    if found["kind"] == "competence":
        return str(found["competence"])
    until = f" → {moment(found['ends_at'])}" if found["ends_at"] else ""
    return f"{word('product', found['product'])}{until}"


def describe(request_id: UUID) -> Target:
    """The request in its present state."""
    found = operator().ask(f"GET {_ONE}", request_id=request_id)
    changes = [f"{word('field', one)}: {found['before'][one]} → {new}" for one, new in found["after"].items()]
    return Target(
        title=f"{found['legal_name']}: {word('request', found['kind'])}",
        back=url_for("request_list.show_one", request_id=request_id),
        facts=[
            ("request-what", "; ".join(changes) or what(found)),
            ("request-standing", word("request-is", found["standing"])),
            ("request-reason", found["reason"]),
            ("request-findings", "; ".join(finding["message"] for finding in found["findings"])),
        ],
    )


add_acts(
    pages,
    "/requests/<uuid:request_id>",
    describe,
    Act("approve-request", f"POST {_ONE}/approval"),
    Act("refuse-request", f"POST {_ONE}/refusal", is_grave=True),
)
