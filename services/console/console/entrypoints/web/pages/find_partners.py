"""Partner search: one field, filters in the address, pages by cursor, and CSV."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from chassis.http.csv_answers import csv_answer
from console.entrypoints.web.asking import ask_together, chosen, operator, page
from console.entrypoints.web.words import whole_id
from operator_client.operations import values

pages = Blueprint("find_partners", __name__, template_folder="templates")

_ALL = "GET /v1/partners"
COLUMNS = (
    *("partner_id", "legal_name", "country", "partner_type", "state", "tier"),
    *("created_at", "state_entered_at", "deadline_at"),
)
LONGEST_SEARCH = 200


@pages.get("/partners")
def show() -> Any:
    """A page of matches; a complete id leads directly to its partner."""
    search, state = _wanted()
    if (known := whole_id(search)) and (partner_id := _partner_of(known)):
        return redirect(url_for("one_partner.show", partner_id=partner_id), 303)
    return render_template(
        "partners.html",
        **page(_ALL, search=search, state=state),
        search=search,
        state=state,
        states=values(_ALL, "state"),
    )


@pages.get("/partners.csv")
def export() -> Response:
    """As many matches as fit into a file."""
    search, state = _wanted()
    return csv_answer("partners", COLUMNS, operator().all(_ALL, search=search, state=state))


def _wanted() -> tuple[str, str | None]:
    search = " ".join(request.args.get("q", "").split())[:LONGEST_SEARCH]
    return search, chosen(_ALL, "state")


def _partner_of(known: str) -> str | None:
    """The partner with this id, or with a grant with this id."""
    asked = operator()
    answers = ask_together(
        {
            "partner": lambda: asked.partner(known),
            "grant": lambda: asked.ask("GET /v1/grants/{grant_id}", grant_id=known),
        }
    ).found
    found = answers.get("partner") or answers.get("grant")
    return str(found["partner_id"]) if found else None
