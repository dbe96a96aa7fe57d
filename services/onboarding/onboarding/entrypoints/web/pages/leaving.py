"""Withdraw the application, or end the partnership."""

from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request
from marshmallow import ValidationError

from chassis.http.languages import is_language_switch, translate
from chassis.http.principals import current_session
from onboarding.adapters.unit_of_work import OnboardingUnitOfWork
from onboarding.domain.moves import Move
from onboarding.domain.partners import Actor
from onboarding.entrypoints.web.api.questions import OptionalReasonSchema
from onboarding.entrypoints.web.pages.form_words import explained
from onboarding.entrypoints.web.pages.signed_in import read_partner, service, signed_in, to_status
from onboarding.handlers.commands import RequestOffboarding, WithdrawPartner
from onboarding.handlers.partnership import request_offboarding, withdraw

pages = Blueprint("leaving", __name__, template_folder="templates")


_MOVES = {"withdraw": Move.WITHDRAW, "leave": Move.START_OFFBOARDING}


@pages.get("/withdraw", defaults={"way": "withdraw"})
@pages.get("/leave", defaults={"way": "leave"})
@signed_in
def ask(partner_id: UUID, way: str) -> str:
    """Make sure that it is meant: leaving removes everything."""
    return _page(partner_id, way)


@pages.post("/withdraw", defaults={"way": "withdraw"})
@pages.post("/leave", defaults={"way": "leave"})
@signed_in
def end(partner_id: UUID, way: str) -> Response:
    """Withdraw the application, or begin to remove everything; the reason is optional."""
    reason = request.form.get("reason", "").strip()
    if is_language_switch():
        return make_response(_page(partner_id, way, reason))
    try:
        body = OptionalReasonSchema().load({"reason": reason} if reason else {})
    except ValidationError as wrong:
        message = explained("reason", str(wrong.messages_dict["reason"][0]), reason)
        return make_response(_page(partner_id, way, reason, message), 422)
    with service().open_work() as work:
        _end(work, partner_id, way, body.get("reason"))
    return to_status()


def _end(work: OnboardingUnitOfWork, partner_id: UUID, way: str, reason: str | None) -> None:
    if way == "withdraw":
        withdraw(work, WithdrawPartner(partner_id=partner_id, reason=reason))
        return
    session = current_session()
    command = RequestOffboarding(
        partner_id=partner_id,
        reason=reason or translate("leave-no-reason"),
        by=Actor("partner"),
        session_id=session.id if session else None,
    )
    request_offboarding(work, command)


def _page(partner_id: UUID, way: str, reason: str = "", error: str | None = None) -> str:
    """Raises MoveNotAllowed where the partner cannot go this way."""
    with service().open_work() as work:
        partner = read_partner(work, partner_id)
    partner.check(_MOVES[way])
    company = partner.profile.legal_name
    return render_template("leaving.html", way=way, company=company, reason=reason, error=error)
