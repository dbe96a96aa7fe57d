"""A partner on one page, with data of all services; acts stand beside what they are about."""

from collections.abc import Callable, Mapping
from uuid import UUID

from flask import Blueprint, Response, render_template, request

from console.entrypoints.web.asking import ask_together, operator, services
from console.entrypoints.web.moving import part
from console.entrypoints.web.pages.grant_list import acts_that_fit, moves_on
from console.entrypoints.web.pages.proposal_list import waiting_in
from console.entrypoints.web.partner_acts import add_partner_acts, moves_open
from operator_client.http import Refused
from operator_client.operator import NOT_FOUND, Facts

pages = Blueprint("one_partner", __name__, template_folder="templates")
_TIMELINE = "GET /v1/partners/{partner_id}/timeline"
_CONSENTS = "GET /v1/partners/{partner_id}/consents"
ENTRIES_ON_A_PAGE = 100


@pages.get("/partners/<uuid:partner_id>")
def show(partner_id: UUID) -> str:
    """Calls all services in parallel; only onboarding has to answer."""
    return _page({}, partner_id)


@pages.get("/partners/<uuid:partner_id>/grants")
def show_grants(partner_id: UUID) -> str | Response:
    """The products alone, as long as one is changing."""
    grants = operator().grants(str(partner_id))
    given = {"id": partner_id, "grants": grants, "moves_on": any(map(moves_on, grants))}
    return part("grants_part.html", grants, **given, acts_that_fit=acts_that_fit)


def _page(people: Facts, partner_id: UUID) -> str:
    """With names and addresses if ``people`` has them: the answer to a form, stored nowhere."""
    one = str(partner_id)
    asked, cursor = operator(), request.args.get("cursor")
    partner: Facts = asked.partner(one) | people
    questions: dict[str, Callable[[], Facts]] = {
        "onboarding": lambda: {
            **asked.page(_TIMELINE, partner_id=partner_id, limit=ENTRIES_ON_A_PAGE, cursor=cursor),
            "proposals": waiting_in(asked, "onboarding"),
        },
        "provisioning": lambda: {
            "grants": asked.grants(one),
            "proposals": waiting_in(asked, "provisioning"),
        },
        "notifications": lambda: {
            "messages": _known(asked.messages, one),
            "invitations": _known(asked.invitations, one),
        },
    }
    if "integrations" in services():
        questions["integrations"] = lambda: {"consents": list(asked.all(_CONSENTS, partner_id=partner_id))}
    answers = ask_together(questions)
    told, grants = answers.get("notifications", {}), answers.get("provisioning", {}).get("grants", [])
    return render_template(
        "partner.html",
        partner=partner,
        people_are_shown=bool(people),
        moves=moves_open(partner),
        acts_that_fit=acts_that_fit,
        grants=grants,
        moves_on=any(map(moves_on, grants)),
        messages=told.get("messages", []),
        invitations=told.get("invitations", []),
        consents=answers.get("integrations", {}).get("consents", []),
        timeline=answers.get("onboarding", {}),
        proposals=_about(answers.found, partner, grants),
        failures=answers.failures,
    )


def _about(told: Mapping[str, Facts], partner: Facts, grants: list[Facts]) -> list[Facts]:
    """Proposals that wait for a second person and concern this partner, its people or its grants."""
    ids = {partner["partner_id"], *(one["member_id"] for one in partner["members"])}
    ids |= {grant["grant_id"] for grant in grants}
    return [one for answer in told.values() for one in answer.get("proposals", []) if one["target"] in ids]


def _known(question: Callable[[str], list[Facts]], partner_id: str) -> list[Facts]:
    """Empty for a service that has not consumed the partner's events yet."""
    try:
        return question(partner_id)
    except Refused as refusal:
        if refusal.status == NOT_FOUND:
            return []
        raise


add_partner_acts(pages, _page)
