"""Reviews: the queue, and one application beside possible duplicates."""

from functools import partial
from itertools import groupby
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for

from chassis.http.languages import translate
from console.entrypoints.web.asking import ask_together, operator, page
from console.entrypoints.web.partner_acts import REVIEWING, moves_open
from operator_client.operator import Facts

pages = Blueprint("review_queue", __name__, template_folder="templates")
# Side by side with the application; the others are links.
MOST_COMPARED = 2


@pages.get("/reviews")
def show() -> str:
    """The longest waiting first."""
    return render_template("reviews.html", **page("GET /v1/reviews"))


@pages.get("/reviews/next")
def show_next() -> Any:
    """The longest waiting one, except the one that was just decided."""
    after = request.args.get("after")
    waiting = operator().page("GET /v1/reviews", limit=2)["partners"]
    for review in waiting:
        if review["partner_id"] != after:
            return redirect(url_for("review_queue.show_one", partner_id=review["partner_id"]), 303)
    flash(translate("reviews-none"), "good")
    return redirect(url_for("review_queue.show"), 303)


@pages.get("/reviews/<uuid:partner_id>")
def show_one(partner_id: UUID) -> Any:
    """The application, its findings, and similar companies."""
    asked = operator()
    partner = asked.partner(str(partner_id))
    answers = ask_together(
        {"similar": lambda: list(asked.all("GET /v1/partners/{partner_id}/similar", partner_id=partner_id))}
    )
    similar = _by_partner(answers.get("similar", []))
    compared = ask_together(
        {
            other["partner_id"]: partial(asked.partner, other["partner_id"])
            for other in similar[:MOST_COMPARED]
        }
    )
    return render_template(
        "review.html",
        partner=partner,
        similar=similar,
        compared=[
            compared.found[one["partner_id"]] for one in similar if one["partner_id"] in compared.found
        ],
        failures={**answers.failures, **compared.failures},
        moves=[move for move in moves_open(partner) if move in REVIEWING],
    )


def _by_partner(similar: list[Facts]) -> list[Facts]:
    """Each of the others once, with everything in common; existing partners first."""
    ordered = sorted(similar, key=lambda one: (one["is_former"], one["partner_id"]))
    grouped = []
    for _, same in groupby(ordered, key=lambda one: one["partner_id"]):
        several = list(same)
        grouped.append({**several[0], "traits": [one["trait"] for one in several]})
    return sorted(grouped, key=lambda one: (one["is_former"], -len(one["traits"])))
