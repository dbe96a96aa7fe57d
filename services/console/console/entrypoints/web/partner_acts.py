"""What may be done to a partner: the moves that its state allows, and what is possible in any state."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for

from chassis.http.languages import translate
from console.entrypoints.web.acts import Act, Choice, Target, add_act, facts_of
from console.entrypoints.web.asking import operator
from console.entrypoints.web.words import moment, word
from operator_client.http import OperatorsFailure, Refused
from operator_client.operator import Facts, Operator

TIERS = ("registered", "select", "premier")
CORRECTABLE = (
    *("legal_name", "registration_number", "country", "website", "partner_type"),
    *("competences", "products_wanted", "expected_benefits", "language", "members"),
)
CONFLICT = 409
# The acts of operators, by the move that each is in onboarding's table.
MOVES = {
    "approve": "approve",
    "ask_for_correction": "ask",
    "reject": "reject",
    "suspend": "suspend",
    "resume": "resume",
    "start_offboarding": "offboard",
}
# Those of a review lead on to the next one.
REVIEWING = frozenset({"approve", "ask", "reject"})


def moves_open(partner: Facts) -> list[str]:
    """The names of the acts that the partner's state allows."""
    return [act for move, act in MOVES.items() if move in partner.get("moves", ())]


def describe(partner_id: UUID) -> Target:
    """The partner as it stands now."""
    partner = operator().partner(str(partner_id))
    products = ", ".join(
        f"{word('product', one['product'])} ({word('grant', one['state'])})" for one in partner["products"]
    )
    return Target(
        title=partner["company"]["legal_name"],
        back=url_for("one_partner.show", partner_id=partner_id),
        facts=facts_of(
            ("partner-state", word("state", partner["state"])),
            ("partner-since", moment(partner["state_entered_at"])),
            ("partner-tier", partner["tier"] and word("tier", partner["tier"])),
            ("partner-products", products),
        ),
    )


def describe_person(partner_id: UUID, member_id: UUID) -> Target:
    """The partner, and by id which of its people it is about."""
    target = describe(partner_id)
    return replace(target, facts=[*target.facts, *facts_of(("partner-person", str(member_id)))])


def explain(failure: Refused, partner_id: UUID) -> Mapping[str, Any]:
    """Who decided what meanwhile, or who holds the same registration number."""
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


def _simple(act: Callable[[Operator, str, str], Facts]) -> Callable[..., Facts]:
    def perform(asked: Operator, given: Mapping[str, Any], partner_id: UUID) -> Facts:
        return act(asked, str(partner_id), given["reason"])

    return perform


def _approve(asked: Operator, given: Mapping[str, Any], partner_id: UUID) -> Facts:
    return asked.approve(str(partner_id), given["tier"], given["reason"], given.get("other_than"))


def _change_tier(asked: Operator, given: Mapping[str, Any], partner_id: UUID) -> Facts:
    return asked.change_tier(str(partner_id), given["tier"], given["reason"])


def _ask(asked: Operator, given: Mapping[str, Any], partner_id: UUID) -> Facts:
    return asked.ask_for_correction(str(partner_id), given["fields"], given["reason"])


def _publish(asked: Operator, given: Mapping[str, Any], partner_id: UUID) -> Facts:
    return asked.publish_states(str(partner_id), given["reason"])


def _of_person(act: Callable[[Operator, str, str, str], Facts]) -> Callable[..., Facts]:
    def perform(asked: Operator, given: Mapping[str, Any], partner_id: UUID, member_id: UUID) -> Facts:
        return act(asked, str(partner_id), str(member_id), given["reason"])

    return perform


def _follow_review(partner_id: UUID) -> str:
    """On to the next application for who came from the queue."""
    if request.args.get("from") == "review":
        return url_for("review_queue.show_next", after=partner_id)
    return url_for("one_partner.show", partner_id=partner_id)


def _act(name: str, perform: Callable[..., Facts], path: str, **more: Any) -> Act:
    if name in REVIEWING:
        more["follow"] = _follow_review
    return Act(name, describe, perform, f"POST {path}", "onboarding", explain=explain, **more)


_PARTNER = "/v1/partners/{partner_id}"
ACTS = (
    _act("approve", _approve, f"{_PARTNER}/approval", choice=Choice("tier", "tier", TIERS)),
    _act(
        "ask",
        _ask,
        f"{_PARTNER}/correction-request",
        choice=Choice("fields", "field", CORRECTABLE, is_several=True),
    ),
    _act("reject", _simple(Operator.reject), f"{_PARTNER}/rejection", is_grave=True),
    _act(
        "change-tier", _change_tier, f"{_PARTNER}/tier", choice=Choice("tier", "tier", TIERS), is_grave=True
    ),
    _act("suspend", _simple(Operator.suspend), f"{_PARTNER}/suspension", is_grave=True),
    _act("resume", _simple(Operator.resume), f"{_PARTNER}/resumption"),
    _act("offboard", _simple(Operator.offboard), f"{_PARTNER}/offboarding", is_grave=True),
    _act("publish-state", _publish, "/v1/state-publications"),
)


PERSON_ACTS = (
    Act(
        "remove-member",
        describe_person,
        _of_person(Operator.remove_person),
        f"POST {_PARTNER}/members/{{member_id}}/removal",
        "onboarding",
        is_grave=True,
    ),
    Act(
        "change-contact",
        describe_person,
        _of_person(Operator.change_contact),
        f"POST {_PARTNER}/contact",
        "onboarding",
    ),
)


def add_partner_acts(pages: Blueprint, see_people: Callable[..., Any]) -> None:
    """Register them; ``see_people`` shows what the disclosure brings."""
    for act in ACTS:
        add_act(pages, f"/partners/<uuid:partner_id>/{act.name}", act)
    for act in PERSON_ACTS:
        add_act(pages, f"/partners/<uuid:partner_id>/people/<uuid:member_id>/{act.name}", act)
    look = _act("see-people", _simple(Operator.people), f"{_PARTNER}/disclosure", answer=see_people)
    add_act(pages, "/partners/<uuid:partner_id>/people", look)
