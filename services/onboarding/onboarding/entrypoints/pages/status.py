"""The hub of a partner: where things stand, every product with its cause, what to do next, what happened."""

from uuid import UUID

from flask import Blueprint, render_template

from chassis.languages import translate
from onboarding.domain.moves import Move, moves_from
from onboarding.domain.states import State
from onboarding.entrypoints.api.descriptions import collect_url
from onboarding.entrypoints.pages.signed_in import read_partner, service, signed_in
from onboarding.entrypoints.timeline_texts import text_of

pages = Blueprint("status", __name__, template_folder="templates")

# The stations that the page draws, each with the states that belong to it.
STATIONS = (
    ("verify", {State.APPLIED}),
    ("review", {State.EMAIL_VERIFIED, State.IN_REVIEW, State.ACTION_REQUIRED}),
    ("agreement", {State.APPROVED}),
    ("access", {State.AGREEMENT_ACCEPTED, State.PROVISIONING}),
    ("active", {State.ACTIVE}),
)
_CHANGES_SOON = {State.EMAIL_VERIFIED, State.AGREEMENT_ACCEPTED, State.PROVISIONING, State.OFFBOARDING}
_TIMELINE_SHOWN = 500


@pages.get("/status")
@signed_in
def show(partner_id: UUID) -> str:
    """Everything the partner may know about itself."""
    with service().open_work() as work:
        partner = read_partner(work, partner_id)
        plan = work.access_plans.of(partner_id)
        page = work.lists.timeline(partner_id, for_operators=False, limit=_TIMELINE_SHOWN)
    address = service().settings.provisioning_public_url
    station = next((name for name, states in STATIONS if partner.state in states), None)
    moves = moves_from(partner.state)
    return render_template(
        "status.html",
        partner=partner,
        stations=[name for name, _ in STATIONS],
        station=station,
        changes_soon=partner.state in _CHANGES_SOON,
        products=[(grant, collect_url(grant, address)) for grant in plan.grants.values()],
        timeline=[(entry, text_of(entry, translate)) for entry in reversed(page.items)],
        may_withdraw=Move.WITHDRAW in moves,
        may_leave=Move.START_OFFBOARDING in moves,
    )
