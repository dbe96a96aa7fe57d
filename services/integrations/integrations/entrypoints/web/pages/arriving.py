"""Come in by the link of a mail, ask for one, sign out."""

from uuid import uuid4

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from marshmallow import ValidationError

from chassis.http.languages import prefer_language
from chassis.http.principals import current_session, leave_session
from chassis.http.session_cookie import clear_session_cookie, set_session_cookie
from chassis.http.strict_fields import EmailAddress, StrictSchema
from chassis.http.visits import visit_of_form
from chassis.identity.links import LinkInvalid, LinkUse
from chassis.identity.single_use import LinkRefused
from integrations.entrypoints.web.limiting import Act, count
from integrations.entrypoints.web.pages.signed_in import current_visitor, service
from integrations.handlers.commands import OpenLink, RequestLink
from integrations.handlers.signing_in import look_at_link, open_link, request_link

pages = Blueprint("arriving", __name__, template_folder="templates")
LINKS = LinkUse("integrations", "links")


class WhereTo(StrictSchema):
    """Where a link should go."""

    email = EmailAddress(required=True)


@pages.get("/sign-in")
def ask() -> Response:
    """Ask for the address; who is signed in goes on, unless a form was of another integrator."""
    is_for_another = request.args.get("why") == "another"
    if current_visitor() is not None and not is_for_another:
        return _to_portal()
    return make_response(render_template("sign_in.html", email="", is_for_another=is_for_another))


@pages.post("/sign-in")
def send() -> Response:
    """The same answer whether or not the address is known."""
    email = request.form.get("email", "")
    try:
        checked = WhereTo().load({"email": email})
    except ValidationError as wrong:
        error = str(wrong.messages_dict["email"][0])
        return make_response(render_template("sign_in.html", email=email, error=error), 422)
    count(Act.REQUEST_LINK)
    with service().open_work() as work:
        request_link(work, RequestLink(checked["email"]))
    return make_response(render_template("sign_in_sent.html"), 202)


@pages.get("/links/<token>")
def show(token: str) -> Response:
    """Ask for a click; mail scanners open links too, so nothing happens yet."""
    try:
        with service().open_work() as work:
            person = look_at_link(work, _opening(token))
    except LinkRefused as refused:
        return _refused(refused)
    prefer_language(person.language)
    return make_response(render_template("link.html", token=token, visit=uuid4()))


@pages.post("/links/<token>")
def come_in(token: str) -> Response:
    """Burn the link and begin a session. A double click is one."""
    try:
        command = OpenLink(link_id=_opening(token).link_id, visit=visit_of_form())
        with service().open_work() as work:
            person = open_link(work, command)
    except LinkRefused as refused:
        return _refused(refused)
    sessions = service().sessions
    answer = _to_portal()
    session = sessions.begin(str(person.id))
    set_session_cookie(answer, session, service().settings.public_url, sessions.cookie)
    return answer


@pages.post("/sign-out")
def sign_out() -> Response:
    """End the session here, and forget it in this browser."""
    sessions = service().sessions
    if session := current_session():
        sessions.end(session)
        leave_session()
    answer = make_response(redirect(url_for("catalogue.show"), 303))
    clear_session_cookie(answer, service().settings.public_url, sessions.cookie)
    return answer


def _opening(token: str) -> OpenLink:
    """Refused before the database is asked: a link without our signature cannot be guessed."""
    try:
        return OpenLink(link_id=service().link_verifier.verify(LINKS, token))
    except LinkInvalid:
        raise LinkRefused("link_invalid") from None


def _refused(refused: LinkRefused) -> Response:
    return make_response(render_template("link_refused.html", code=refused.code), 410)


def _to_portal() -> Response:
    return make_response(redirect(url_for("endpoints_shown.show_all"), 303))
