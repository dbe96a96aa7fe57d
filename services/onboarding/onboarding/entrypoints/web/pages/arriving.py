"""Come in by the link of a mail, ask for a new one, sign out."""

import re
from uuid import uuid4

from flask import Blueprint, Response, make_response, redirect, render_template, request
from marshmallow import ValidationError

from chassis.http.languages import is_language_switch, prefer_language, translate
from chassis.http.principals import current_session
from chassis.http.session_cookie import set_session_cookie
from chassis.http.too_often import TooOften
from chassis.http.visits import visit_of_form
from onboarding.domain.limits import Act
from onboarding.domain.refusals import LinkRefused
from onboarding.entrypoints.web.api.questions import LinkRequestSchema
from onboarding.entrypoints.web.beginning_sessions import begin_session, listed
from onboarding.entrypoints.web.limiting import pass_limits
from onboarding.entrypoints.web.link_tokens import LINKS, link_id_of
from onboarding.entrypoints.web.pages.form_words import explained
from onboarding.entrypoints.web.pages.passkeys import with_script
from onboarding.entrypoints.web.pages.refused_links import refused_link
from onboarding.entrypoints.web.pages.signed_in import service, signed_out, to, to_status
from onboarding.entrypoints.web.pages.too_often import too_often_page, wrong_page
from onboarding.handlers.commands import OpenLink, RequestLink, SignOut
from onboarding.handlers.open_link import look_at_link, open_link
from onboarding.handlers.request_link import request_link
from onboarding.handlers.sessions import sign_out as end_own_session

pages = Blueprint("arriving", __name__, template_folder="templates")
_WHYS = {"unsent", "another", "cookies", "handed-over"}
_PAGE_OF_INTEGRATIONS = "/sharing"
_PAGE_OF_PROVISIONING = re.compile(r"/(collect|ways-in|devices)/[0-9a-f-]{36}(/[0-9a-f-]{36}/key)?")


@pages.get("/links/<token>")
def show(token: str) -> Response:
    """Ask for a click; mail scanners open links too, so nothing happens yet."""
    try:
        command = OpenLink(link_id=link_id_of(LINKS, token))
        with service().open_work() as work:
            partner, link = look_at_link(work, command)
    except LinkRefused as refused:
        return refused_link(refused)
    prefer_language(partner.contact.language)
    return make_response(render_template("link.html", token=token, purpose=link.purpose, visit=uuid4()))


@pages.post("/links/<token>")
def come_in(token: str) -> Response:
    """Burn the link and begin a session; the first link verifies the address. A double click is one."""
    try:
        command = OpenLink(link_id=link_id_of(LINKS, token), visit=visit_of_form())
        with service().open_work() as work:
            partner = open_link(work, command)
            session = begin_session(work, partner.id, command.session_id)
    except LinkRefused as refused:
        return refused_link(refused)
    answer = to_status()
    set_session_cookie(answer, session, service().settings.public_url)
    return answer


@pages.get("/new-link")
def new_link() -> Response:
    """Where a new link should go, or a passkey instead."""
    why = request.args.get("why")
    return _page(notice=translate(f"new-link-{why}") if why in _WHYS else None)


@pages.post("/new-link")
def send_new_link() -> Response:
    """The same answer whether or not the address is known."""
    email = request.form.get("email", "")
    if is_language_switch():
        return _page(email)
    try:
        checked = LinkRequestSchema().load({"email": email})
    except ValidationError as wrong:
        message = explained("email", str(wrong.messages_dict["email"][0]), email)
        return wrong_page(_page, email, error=message)
    try:
        pass_limits(Act.REQUEST_LINK, email=checked["email"])
    except TooOften as refused:
        return too_often_page(refused, _page, email)
    with service().open_work() as work:
        request_link(work, RequestLink(checked["email"]))
    return make_response(render_template("new_link_sent.html"), 202)


def _page(email: str = "", *, error: str | None = None, notice: str | None = None) -> Response:
    return with_script(render_template("new_link.html", email=email, error=error, notice=notice))


@pages.get("/session")
def go_on() -> Response:
    """Another service's page sent a visitor whose token has expired: come back with a fresh one.

    Leads to the other services' own pages only, whatever is asked for.
    """
    session, back = current_session(), _page_elsewhere(request.args.get("next", ""))
    if session is None or back is None:
        return to("arriving.new_link")
    answer = make_response(redirect(back, 303))
    set_session_cookie(answer, service().sessions.renew(session), service().settings.public_url)
    return answer


def _page_elsewhere(place: str) -> str | None:
    """The whole address of another service's page for partners; None for any other."""
    settings = service().settings
    if _PAGE_OF_PROVISIONING.fullmatch(place):
        return settings.provisioning_public_url + place
    if place == _PAGE_OF_INTEGRATIONS and settings.integrations_public_url:
        return settings.integrations_public_url + place
    return None


@pages.post("/sign-out")
def sign_out() -> Response:
    """End the session here, and forget it in this browser."""
    if session := current_session():
        with service().open_work() as work:
            end_own_session(work, SignOut(listed(session)))
    return signed_out()
