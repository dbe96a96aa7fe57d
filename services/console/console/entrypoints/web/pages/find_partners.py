"""Finding partners: one field, filters in the address, pages by keys, and the same as CSV."""

from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, url_for

from chassis.http.csv_answers import csv_answer
from console.entrypoints.web.asking import ask_together, operator
from console.entrypoints.web.identifiers import whole_id

pages = Blueprint("find_partners", __name__, template_folder="templates")

STATES = (
    *("applied", "email_verified", "in_review", "action_required", "approved", "agreement_accepted"),
    *("provisioning", "active", "suspended", "offboarding", "offboarded", "rejected", "withdrawn", "expired"),
)
COLUMNS = (
    *("partner_id", "legal_name", "country", "partner_type", "state", "tier"),
    *("created_at", "state_entered_at", "deadline_at"),
)
ON_A_PAGE = 50
LONGEST_SEARCH = 200


@pages.get("/partners")
def show() -> Any:
    """A page of those that fit; a whole id leads to its partner at once."""
    search, state = _wanted()
    if (known := whole_id(search)) and (found := _partner_of(known)):
        return redirect(url_for("one_partner.show", partner_id=found), 303)
    page = operator().partners_page(
        search=search, state=state, limit=ON_A_PAGE, cursor=request.args.get("cursor")
    )
    return render_template(
        "partners.html",
        partners=page["partners"],
        next_cursor=page["next_cursor"],
        search=search,
        state=state,
        states=STATES,
    )


@pages.get("/partners.csv")
def export() -> Response:
    """All that fit, as far as a file goes."""
    search, state = _wanted()
    return csv_answer("partners", COLUMNS, operator().partners(search, state))


def _wanted() -> tuple[str, str | None]:
    state = request.args.get("state")
    search = " ".join(request.args.get("q", "").split())[:LONGEST_SEARCH]
    return search, state if state in STATES else None


def _partner_of(known: str) -> str | None:
    """The partner with this id, or whose grant has it."""
    asked = operator()
    answers = ask_together(
        {"partner": lambda: asked.partner(known), "grant": lambda: asked.grant(known)}
    ).found
    found = answers.get("partner") or answers.get("grant")
    return str(found["partner_id"]) if found else None
