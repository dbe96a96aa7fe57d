"""What partners get: the list of all grants, and what may be done to one."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for

from console.entrypoints.web.acts import Act, Choice, Field, Target, add_act, facts_of
from console.entrypoints.web.asking import operator
from console.entrypoints.web.words import moment, word
from operator_client.operator import Facts, Operator

pages = Blueprint("grant_list", __name__, template_folder="templates")
STATES = (
    *("planned", "provisioning", "granted", "failed", "waived"),
    *("frozen", "revoking", "revoked", "cancelled"),
)
TICKED = ("stuck", "to_approve", "cost_not_seen")
ON_A_PAGE = 50
FROZEN_FOR = ("suspension", "lease", "operator", "approval", "budget")
# As provisioning counts those that end soon.
ENDING_DAYS = 14


@pages.get("/grants")
def show() -> str:
    """A page of those that fit, in the order they were planned."""
    wanted = request.args.get("state")
    state = wanted if wanted in STATES else None
    why = request.args.get("frozen_for")
    ticked = {name: "true" if request.args.get(name) == "true" else None for name in TICKED}
    filters = {
        "state": state,
        "frozen_for": why if why in FROZEN_FOR else None,
        "ends_within": ENDING_DAYS if request.args.get("ends_within") else None,
    }
    page = operator().grants_page(**filters, **ticked, limit=ON_A_PAGE, cursor=request.args.get("cursor"))
    return render_template(
        "grants.html",
        grants=page["grants"],
        next_cursor=page["next_cursor"],
        **filters,
        ticked=ticked,
        states=STATES,
        reasons=FROZEN_FOR,
    )


@pages.get("/grants/<uuid:grant_id>")
def show_one(grant_id: UUID) -> Any:
    """Where it stands on its partner's page."""
    return redirect(describe(grant_id).back, 303)


def describe(grant_id: UUID) -> Target:
    """The grant as it stands now."""
    grant = operator().grant(str(grant_id))
    cause, results = grant["cause"], grant.get("results") or {}
    return Target(
        title=f"{word('product', grant['product'])} {grant.get('entry_name', '')}".strip(),
        back=url_for("one_partner.show", partner_id=grant["partner_id"], _anchor=f"grant-{grant_id}"),
        facts=facts_of(
            ("grant-partner", grant["partner_id"]),
            ("grant-state", word("grant", grant["state"])),
            ("grant-lasts", grant["lease"] and moment(grant["lease"]["ends_at"])),
            ("grant-results", moment(results.get("delete_at"))),
            ("grant-results-deleted", moment(results.get("deleted_at"))),
            ("grant-cause", cause and f"{cause['step']}: {cause['message']}"),
        ),
    )


def acts_that_fit(grant: Facts) -> list[str]:
    """What may be done to the grant where it stands, beside trying again, waiving and replacing a key."""
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
    """Whether something becomes of the grant by itself soon: it is at work, and waits for nobody."""
    cause = grant["cause"]
    waits = cause is not None and not cause["will_retry"]
    is_at_work = grant["state"] in ("planned", "provisioning", "revoking")
    return is_at_work and not waits and "approval" not in grant["frozen_for"]


def _performing(act: Callable[[Operator, str, str], Facts]) -> Callable[..., Facts]:
    def perform(asked: Operator, given: Mapping[str, Any], grant_id: UUID) -> Facts:
        return act(asked, str(grant_id), given["reason"])

    return perform


for name, act, path, is_grave in (
    ("retry-grant", Operator.retry_grant, "retry", False),
    ("repair-grant", Operator.repair_grant, "repair", False),
    ("freeze-grant", Operator.freeze_grant, "freeze", True),
    ("reinstate-grant", Operator.reinstate_grant, "reinstatement", False),
    ("end-lease", Operator.end_lease, "lease-end", True),
    ("force-grant", Operator.force_grant, "force", True),
    ("approve-grant", Operator.approve_grant, "approval", False),
    ("refuse-grant", Operator.refuse_grant, "refusal", True),
    ("waive-grant", Operator.waive_grant, "waiver", True),
    ("release-credentials", Operator.release_credentials, "credentials-release", True),
):
    needed = f"POST /v1/grants/{{grant_id}}/{path}"
    add_act(
        pages,
        f"/grants/<uuid:grant_id>/{name}",
        Act(name, describe, _performing(act), needed, "provisioning", is_grave=is_grave),
    )


def _extend(asked: Operator, given: Mapping[str, Any], grant_id: UUID) -> Facts:
    return asked.extend_lease(str(grant_id), int(given["days"]), given["reason"])


add_act(
    pages,
    "/grants/<uuid:grant_id>/extend-lease",
    Act(
        "extend-lease",
        describe,
        _extend,
        "POST /v1/grants/{grant_id}/lease-extension",
        "provisioning",
        choice=Choice("days", "days", ("7", "30", "90", "180", "365")),
    ),
)


def _raise_budget(asked: Operator, given: Mapping[str, Any], grant_id: UUID) -> Facts:
    return asked.raise_budget(str(grant_id), int(given["usd"]), given["reason"])


add_act(
    pages,
    "/grants/<uuid:grant_id>/raise-budget",
    Act(
        "raise-budget",
        describe,
        _raise_budget,
        "POST /v1/grants/{grant_id}/budget-raise",
        "provisioning",
        fields=(Field("usd", "number"),),
    ),
)


def _describe_step(grant_id: UUID, step: str) -> Target:
    about = describe(grant_id)
    return Target(about.title, about.back, (*about.facts, ("column-step", step)))


def _skip(asked: Operator, given: Mapping[str, Any], grant_id: UUID, step: str) -> Facts:
    return asked.skip_step(str(grant_id), step, given["reason"])


add_act(
    pages,
    "/grants/<uuid:grant_id>/steps/<step>/skip",
    Act(
        "skip-step",
        _describe_step,
        _skip,
        "POST /v1/grants/{grant_id}/skip",
        "provisioning",
        is_grave=True,
    ),
)
