"""What operators can do to a partner: the moves its state allows, and what is always possible."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for

from chassis.http.languages import translate
from console.entrypoints.web.acts import Act, Target, add_acts
from console.entrypoints.web.asking import operator
from console.entrypoints.web.words import moment, word
from operator_client.http import OperatorsFailure, Refused
from operator_client.operations import values
from operator_client.operator import Facts

_PARTNER = "POST /v1/partners/{partner_id}"
TIERS = values(f"{_PARTNER}/approval", "tier")
CONFLICT = 409
# The acts of operators, by their move in onboarding's table.
MOVES = {
    "approve": "approve",
    "ask_for_correction": "ask",
    "reject": "reject",
    "suspend": "suspend",
    "resume": "resume",
    "start_offboarding": "offboard",
}
# After a review comes the next one.
REVIEWING = frozenset({"approve", "ask", "reject"})


def moves_open(partner: Facts) -> list[str]:
    """The names of the acts that the partner's state allows."""
    found = [act for move, act in MOVES.items() if move in partner.get("moves", ())]
    return [*found, "erase"] if partner.get("may_be_erased") else found


def describe(partner_id: UUID) -> Target:
    """The partner in its present state."""
    partner = operator().partner(str(partner_id))
    products = ", ".join(
        f"{word('product', one['product'])} ({word('grant', one['state'])})" for one in partner["products"]
    )
    return Target(
        title=partner["company"]["legal_name"],
        back=url_for("one_partner.show", partner_id=partner_id),
        facts=[
            ("partner-state", word("state", partner["state"])),
            ("partner-since", moment(partner["state_entered_at"])),
            ("partner-tier", partner["tier"] and word("tier", partner["tier"])),
            ("partner-products", products),
        ],
    )


def describe_person(partner_id: UUID, member_id: UUID) -> Target:
    """The partner, and the id of the person it is about."""
    target = describe(partner_id)
    return replace(target, facts=[*target.facts, ("partner-person", str(member_id))])


def explain(failure: Refused, partner_id: UUID) -> Mapping[str, Any]:
    """Who decided what in the meantime, or who has the same registration number."""
    if failure.status != CONFLICT:
        return {}
    if other := failure.problem.get("conflicting_partner_id"):
        return {"other_than": str(other)}
    try:
        partner = operator().partner(str(partner_id))
    except OperatorsFailure:
        return {}
    decision = partner["decision"]
    state = word("state", partner["state"])
    if decision is None:
        return {"meanwhile": translate("act-meanwhile", state=state)}
    return {
        "meanwhile": translate(
            "act-meanwhile-decided",
            state=state,
            by=decision.get("by_name") or decision["by"],
            at=moment(decision["at"]),
        ),
        "their_reason": decision["reason"],
    }


def _follow_review(partner_id: UUID) -> str:
    """On to the next application, for a reviewer who came from the queue."""
    if request.args.get("from") == "review":
        return url_for("review_queue.show_next", after=partner_id)
    return url_for("one_partner.show", partner_id=partner_id)


def _follow_erasure(partner_id: UUID) -> str:
    """The partner no longer has a page."""
    return url_for("find_partners.show")


def add_partner_acts(pages: Blueprint, see_people: Callable[..., Any]) -> None:
    """Register them; ``see_people`` shows the disclosed data."""
    one = "/partners/<uuid:partner_id>"
    acts = (
        Act("approve", f"{_PARTNER}/approval", ("tier",), follow=_follow_review),
        Act("ask", f"{_PARTNER}/correction-request", ("fields",), follow=_follow_review),
        Act("reject", f"{_PARTNER}/rejection", is_grave=True, follow=_follow_review),
        Act("change-tier", f"{_PARTNER}/tier", ("tier",), is_grave=True),
        Act("suspend", f"{_PARTNER}/suspension", is_grave=True),
        Act("resume", f"{_PARTNER}/resumption"),
        Act("offboard", f"{_PARTNER}/offboarding", is_grave=True),
        Act("erase", f"{_PARTNER}/erasure", is_grave=True, follow=_follow_erasure),
        Act("publish-state", "POST /v1/state-publications"),
        Act("see-people", f"{_PARTNER}/disclosure", at="people", answer=see_people),
    )
    add_acts(pages, one, describe, *(replace(act, explain=explain) for act in acts))
    add_acts(
        pages,
        f"{one}/people/<uuid:member_id>",
        describe_person,
        Act("remove-member", f"{_PARTNER}/members/{{member_id}}/removal", is_grave=True),
        Act("change-contact", f"{_PARTNER}/contact"),
    )
