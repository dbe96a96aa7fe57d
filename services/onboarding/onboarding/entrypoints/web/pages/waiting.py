"""Between the form and the first mail: where the mail went, and how to put a wrong address right."""

from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Response, make_response, render_template, request
from marshmallow import ValidationError

from chassis import clock
from chassis.http.form_subjects import is_form_of_another
from chassis.http.languages import is_language_switch, translate
from chassis.http.session_cookie import cookie_flags, own_cookie
from chassis.http.too_often import TooOften
from chassis.identity.signed_tokens import TokenInvalid, sign, verify
from onboarding.domain.limits import Act
from onboarding.domain.partners import Partner
from onboarding.domain.refusals import CorrectionRefused, MoveNotAllowed, PartnerUnknown
from onboarding.domain.states import State
from onboarding.entrypoints.web.api.questions import LinkRequestSchema
from onboarding.entrypoints.web.limiting import pass_limits
from onboarding.entrypoints.web.pages.form_words import explained
from onboarding.entrypoints.web.pages.signed_in import service, to
from onboarding.entrypoints.web.pages.too_often import too_often_page, wrong_page
from onboarding.handlers.apply import correct_address
from onboarding.handlers.commands import CorrectAddress

pages = Blueprint("waiting", __name__, template_folder="templates")

COOKIE = "gangway_application"
_USE = "application"
_KEPT_FOR = timedelta(hours=24)


def remember_applicant(answer: Response, partner_id: str) -> None:
    """Let this browser, and no other, see the address that it gave and correct it until it is confirmed."""
    settings = service().settings
    expires_at = clock.now() + _KEPT_FOR
    answer.set_cookie(
        own_cookie(COOKIE, settings.public_url),
        sign(settings.session_private_key, _USE, {"sub": partner_id, "exp": expires_at}),
        expires=expires_at,
        **cookie_flags(settings.public_url),
    )


@pages.get("/check-your-mail")
def check_your_mail() -> Response:
    """Where the mail went, for the browser that applied; for everybody else that there is one."""
    return make_response(_page(_applicant()))


@pages.post("/check-your-mail")
def send_elsewhere() -> Response:
    """Send the link to another address; what was mailed to the first one works no more."""
    applicant = _applicant()
    if applicant is None:
        return to("waiting.check_your_mail")
    email = request.form.get("email", "")
    if is_form_of_another(applicant.id):
        # This browser has sent another application since: the address is not for that one.
        return make_response(_page(applicant, notice=translate("mail-another")), 409)
    if is_language_switch():
        return make_response(_page(applicant, email))
    return _sent_to(applicant, email)


def _sent_to(applicant: Partner, email: str) -> Response:
    try:
        checked = LinkRequestSchema().load({"email": email})["email"]
    except ValidationError as wrong:
        message = explained("email", str(wrong.messages_dict["email"][0]), email)
        return wrong_page(_page, applicant, email, error=message)
    try:
        pass_limits(Act.CORRECT_ADDRESS, email=checked, application_id=applicant.id)
        with service().open_work() as work:
            correct_address(work, CorrectAddress(partner_id=applicant.id, email=checked))
    except TooOften as refused:
        return too_often_page(refused, _page, applicant, email)
    except CorrectionRefused as refused:
        message = explained("email", str(refused), email)
        return make_response(_page(applicant, email, error=message), 422)
    except (MoveNotAllowed, PartnerUnknown):
        pass  # confirmed in the meantime, as the page then shows
    return to("waiting.check_your_mail")


def _applicant() -> Partner | None:
    """Who applied with this browser, while the address waits to be confirmed."""
    settings = service().settings
    token = request.cookies.get(own_cookie(COOKIE, settings.public_url), "")
    try:
        claims = verify(settings.session_public_key, _USE, token, required=("sub",))
        with service().open_work() as work:
            partner = work.partners.get(UUID(claims["sub"]))
    except (TokenInvalid, ValueError, PartnerUnknown):
        return None
    return partner if partner.state is State.APPLIED else None


def _page(
    applicant: Partner | None, email: str = "", *, error: str | None = None, notice: str | None = None
) -> str:
    return render_template(
        "check_your_mail.html",
        address=applicant.contact.email if applicant else None,
        applicant_id=applicant.id if applicant else None,
        email=email,
        error=error,
        notice=notice,
    )
