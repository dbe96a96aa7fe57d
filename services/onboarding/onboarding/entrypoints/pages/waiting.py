"""Between the form and the first mail: where the mail went, and how to put a wrong address right."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from marshmallow import ValidationError

from chassis.http.languages import is_language_switch
from chassis.identity.signed_tokens import TokenInvalid, sign, verify
from onboarding.domain.partner import Partner
from onboarding.domain.refusals import CorrectionRefused, MoveNotAllowed, PartnerUnknown
from onboarding.domain.states import State
from onboarding.entrypoints.api.questions import LinkRequestSchema
from onboarding.entrypoints.pages.form_words import explained
from onboarding.entrypoints.pages.signed_in import service
from onboarding.handlers.commands import CorrectAddress
from onboarding.handlers.correct_address import correct_address

pages = Blueprint("waiting", __name__, template_folder="templates")

COOKIE = "gangway_application"
_USE = "application"
_KEPT_FOR = timedelta(hours=24)


def remember_applicant(answer: Response, partner_id: str) -> None:
    """Let this browser, and no other, see the address that it gave and correct it until it is confirmed."""
    settings = service().settings
    expires_at = datetime.now(UTC) + _KEPT_FOR
    answer.set_cookie(
        COOKIE,
        sign(settings.session_private_key, _USE, {"sub": partner_id, "exp": expires_at}),
        expires=expires_at,
        httponly=True,
        samesite="Lax",
        secure=settings.public_url.startswith("https://"),
        path=url_for("waiting.check_your_mail"),
    )


@pages.get("/check-your-mail")
def check_your_mail() -> Response:
    """Where the mail went, for the browser that applied; for everybody else that there is one."""
    return _page(_applicant())


@pages.post("/check-your-mail")
def send_elsewhere() -> Response:
    """Send the link to another address; what was mailed to the first one works no more."""
    applicant = _applicant()
    if applicant is None:
        return make_response(redirect(url_for("waiting.check_your_mail"), 303))
    email = request.form.get("email", "")
    if is_language_switch():
        return _page(applicant, email)
    try:
        checked = LinkRequestSchema().load({"email": email})["email"]
    except ValidationError as wrong:
        error = explained("email", str(wrong.messages_dict["email"][0]), email)
        return _page(applicant, email, error=error, status=422)
    try:
        with service().open_work() as work:
            is_sent = correct_address(work, CorrectAddress(partner_id=applicant.id, email=checked))
    except CorrectionRefused as refused:
        return _page(applicant, email, error=explained("email", str(refused), email), status=422)
    except (MoveNotAllowed, PartnerUnknown):
        is_sent = True  # confirmed in the meantime: the page says so by itself
    if not is_sent:
        return _page(applicant, email, is_too_often=True, status=429)
    return make_response(redirect(url_for("waiting.check_your_mail"), 303))


def _applicant() -> Partner | None:
    """Who applied with this browser, while the address waits to be confirmed."""
    try:
        claims = verify(
            service().settings.session_public_key, _USE, request.cookies.get(COOKIE, ""), required=("sub",)
        )
        with service().open_work() as work:
            partner = work.partners.read(UUID(claims["sub"]))
    except (TokenInvalid, ValueError, PartnerUnknown):
        return None
    return partner if partner.state is State.APPLIED else None


def _page(
    applicant: Partner | None,
    email: str = "",
    *,
    error: str | None = None,
    is_too_often: bool = False,
    status: int = 200,
) -> Response:
    answer = make_response(
        render_template(
            "check_your_mail.html",
            address=applicant.contact.email if applicant else None,
            email=email,
            error=error,
            is_too_often=is_too_often,
        ),
        status,
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
