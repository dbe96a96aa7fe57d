"""Withdraw the application, or end the partnership."""

from collections.abc import Callable
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


@pages.get("/withdraw")
@signed_in
def ask_withdrawal(partner_id: UUID) -> str:
    """Make sure that it is meant."""
    _check(partner_id, Move.WITHDRAW)
    return _page("withdraw")


@pages.post("/withdraw")
@signed_in
def take_back(partner_id: UUID) -> Response:
    """Withdraw the application; the reason is optional."""

    def act(work: OnboardingUnitOfWork, reason: str) -> None:
        withdraw(work, WithdrawPartner(partner_id=partner_id, reason=reason or None))

    return _end(partner_id, "withdraw", Move.WITHDRAW, act)


@pages.get("/leave")
@signed_in
def ask_leaving(partner_id: UUID) -> str:
    """Make sure that it is meant: everything will be removed."""
    _check(partner_id, Move.START_OFFBOARDING)
    return _page("leave")


@pages.post("/leave")
@signed_in
def leave(partner_id: UUID) -> Response:
    """Begin to remove everything."""

    def act(work: OnboardingUnitOfWork, reason: str) -> None:
        reason = reason or translate("leave-no-reason")
        session = current_session()
        request_offboarding(
            work,
            RequestOffboarding(
                partner_id=partner_id,
                reason=reason,
                by=Actor("partner"),
                session_id=session.id if session else None,
            ),
        )

    return _end(partner_id, "leave", Move.START_OFFBOARDING, act)


def _check(partner_id: UUID, move: Move) -> None:
    with service().open_work() as work:
        read_partner(work, partner_id).check(move)


def _end(
    partner_id: UUID, way: str, move: Move, act: Callable[[OnboardingUnitOfWork, str], None]
) -> Response:
    """Act with the reason given, which may be empty, and go to the status page."""
    reason = request.form.get("reason", "").strip()
    if is_language_switch():
        _check(partner_id, move)
        return make_response(_page(way, reason=reason))
    try:
        body = OptionalReasonSchema().load({"reason": reason} if reason else {})
    except ValidationError as wrong:
        message = explained("reason", str(wrong.messages_dict["reason"][0]), reason)
        return make_response(_page(way, reason=reason, error=message), 422)
    with service().open_work() as work:
        act(work, body.get("reason", ""))
    return to_status()


def _page(way: str, reason: str = "", error: str | None = None) -> str:
    return render_template("leaving.html", way=way, reason=reason, error=error)
