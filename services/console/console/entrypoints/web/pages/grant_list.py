"""What partners get: the list of all grants, and what can be done to one."""

from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from console.entrypoints.web.acts import Act, Asked, Target, add_acts
from console.entrypoints.web.asking import chosen, operator, page
from console.entrypoints.web.words import moment, word
from operator_client.operations import values
from operator_client.operator import Facts

pages = Blueprint("grant_list", __name__, template_folder="templates")
_ALL = "GET /v1/grants"
TICKED = ("stuck", "to_approve", "cost_not_seen")
# As provisioning defines "ends soon".
ENDING_DAYS = 14


@pages.get("/grants")
def show() -> str:
    """A page of matches, in the order they were planned."""
    ticked = {name: "true" if request.args.get(name) == "true" else None for name in TICKED}
    filters = {
        "state": chosen(_ALL, "state"),
        "frozen_for": chosen(_ALL, "frozen_for"),
        "ends_within": ENDING_DAYS if request.args.get("ends_within") else None,
    }
    return render_template(
        "grants.html",
        **page(_ALL, **filters, **ticked),
        **filters,
        ticked=ticked,
        states=values(_ALL, "state"),
        reasons=values(_ALL, "frozen_for"),
    )


@pages.get("/grants/<uuid:grant_id>")
def show_one(grant_id: UUID) -> Any:
    """Redirects to its place on the partner's page."""
    return redirect(describe(grant_id).back, 303)


def describe(grant_id: UUID) -> Target:
    """The grant in its present state."""
    grant = operator().ask("GET /v1/grants/{grant_id}", grant_id=grant_id)
    cause, results = grant["cause"], grant.get("results") or {}
    return Target(
        title=f"{word('product', grant['product'])} {grant.get('entry_name', '')}".strip(),
        back=url_for("one_partner.show", partner_id=grant["partner_id"], _anchor=f"grant-{grant_id}"),
        facts=[
            ("grant-partner", grant["partner_id"]),
            ("grant-state", word("grant", grant["state"])),
            ("grant-lasts", grant["lease"] and moment(grant["lease"]["ends_at"])),
            ("grant-results", moment(results.get("delete_at"))),
            ("grant-results-deleted", moment(results.get("deleted_at"))),
            ("grant-cause", cause and f"{cause['step']}: {cause['message']}"),
        ],
    )


def acts_that_fit(grant: Facts) -> list[str]:
    """What can be done to the grant now, besides retrying, waiving and replacing a key."""
    is_wanted, is_begun = grant["intent"] != "off", grant["state"] not in ("planned", "cancelled", "waived")
    is_frozen, lease = "operator" in grant["frozen_for"], grant["lease"]
    waits = is_wanted and "approval" in grant["frozen_for"]
    fits = {
        "approve-grant": waits,
        "refuse-grant": waits,
        "repair-grant": is_begun and grant["state"] != "revoked",
        "extend-lease": is_wanted and lease is not None,
        "end-lease": is_wanted and lease is not None and not lease["is_expired"],
        "raise-budget": is_wanted and grant.get("budget") is not None,
        "freeze-grant": is_wanted and is_begun and not is_frozen,
        "reinstate-grant": is_wanted and is_frozen,
        "force-grant": grant["state"] == "revoking" and not grant["is_forced"],
    }
    return [name for name, does in fits.items() if does]


def moves_on(grant: Facts) -> bool:
    """Whether the grant will change without an operator, because work is under way."""
    is_at_work = grant["state"] in ("planned", "provisioning", "revoking")
    return is_at_work and not waits(grant["cause"]) and "approval" not in grant["frozen_for"]


def waits(cause: Facts | None) -> bool:
    """Whether the grant needs an operator before work continues."""
    return cause is not None and not cause["will_retry"]


def _describe_step(grant_id: UUID, step: str) -> Target:
    about = describe(grant_id)
    return Target(about.title, about.back, (*about.facts, ("column-step", step)))


_ONE = "POST /v1/grants/{grant_id}"
add_acts(
    pages,
    "/grants/<uuid:grant_id>",
    describe,
    Act("retry-grant", f"{_ONE}/retry"),
    Act("repair-grant", f"{_ONE}/repair"),
    Act("freeze-grant", f"{_ONE}/freeze", is_grave=True),
    Act("reinstate-grant", f"{_ONE}/reinstatement"),
    Act("end-lease", f"{_ONE}/lease-end", is_grave=True),
    Act("force-grant", f"{_ONE}/force", is_grave=True),
    Act("approve-grant", f"{_ONE}/approval"),
    Act("refuse-grant", f"{_ONE}/refusal", is_grave=True),
    Act("waive-grant", f"{_ONE}/waiver", is_grave=True),
    Act("release-credentials", f"{_ONE}/credentials-release", is_grave=True),
    Act(
        "extend-lease",
        f"{_ONE}/lease-extension",
        (Asked("days", "integer", ("7", "30", "90", "180", "365")),),
    ),
    Act("raise-budget", f"{_ONE}/budget-raise", ("usd",)),
)
add_acts(
    pages,
    "/grants/<uuid:grant_id>/steps/<step>",
    _describe_step,
    Act("skip-step", f"{_ONE}/skip", at="skip", is_grave=True),
)
