"""Who looks at the page, and where those go whom we do not know."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from flask import Response, make_response, redirect, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from chassis.http.current_service import current_service
from chassis.http.form_subjects import is_form_of_another
from chassis.http.languages import is_sent_form
from chassis.http.principals import Kind, current_principal, keep_language
from chassis.http.session_cookie import clear_session_cookie
from onboarding.adapters.unit_of_work import OnboardingUnitOfWork
from onboarding.bootstrap import OnboardingService
from onboarding.domain.partners import Partner
from onboarding.domain.refusals import MoveNotAllowed, NotActive, PartnerUnknown


def signed_in(view: Callable[..., AnyResponse | str]) -> Callable[..., AnyResponse]:
    """Give the view the partner's id before what the path names, or send the visitor to ask for a link.

    So goes who sends the form of a partner after signing in for another one in the same browser.
    A move that the partner has made already (a second click, an old tab) leads to the status page;
    the session of a partner that was erased leads nowhere any more.
    """

    @wraps(view)
    def guard(**path: Any) -> AnyResponse:
        who = current_principal()
        if who.kind is not Kind.SUBJECT:
            return _to_new_link()
        if is_form_of_another():
            return to("arriving.new_link", why="another")
        try:
            if request.method == "POST":
                # What is wrong with a form is put into words before the page around it is.
                with service().open_work() as work:
                    read_partner(work, UUID(who.name))
            return make_response(view(UUID(who.name), **path))
        except PartnerUnknown:
            return _to_new_link()
        except (MoveNotAllowed, NotActive):
            return to_status()

    return guard


def _to_new_link() -> Response:
    """Where to come in, and why: a form that was sent is lost, or the cookie of a link just opened is."""
    why = None
    if is_sent_form():
        why = "unsent"
    elif "/links/" in (request.referrer or ""):
        why = "cookies"
    return to("arriving.new_link", why=why)


def read_partner(work: OnboardingUnitOfWork, partner_id: UUID) -> Partner:
    """The partner, whose language this page and those of the other services then speak.

    Raises PartnerUnknown.
    """
    partner = work.partners.get(partner_id)
    keep_language(partner.contact.language)
    return partner


def service() -> OnboardingService:
    """The service behind these pages."""
    return current_service(OnboardingService)


def to_status() -> Response:
    """Where every successful move leads."""
    return to("status.show")


def to(endpoint: str, **values: Any) -> Response:
    """To another page, so that a reload repeats nothing."""
    return make_response(redirect(url_for(endpoint, **values), 303))


def signed_out() -> Response:
    """To the start, in a browser that forgets its session."""
    answer = to("application_pages.start")
    clear_session_cookie(answer, service().settings.public_url)
    return answer
