"""Stop learning offers: a page for people, and one click for mail programs (RFC 8058)."""

from flask import Blueprint, Response, make_response, render_template

from chassis.http.current_service import current_service
from chassis.http.languages import prefer_language
from notifications.adapters.mail_links import LEARNING_MAIL_OFF
from notifications.bootstrap import NotificationsService
from notifications.entrypoints.web.links import open_link
from notifications.handlers.invitations import look_up, refuse_learning_mail

pages = Blueprint("learning_mail", __name__, template_folder="templates")


@pages.get("/learning-mail/<token>")
def show(token: str) -> Response:
    """Ask before stopping; changes nothing."""
    opened = open_link(token, LEARNING_MAIL_OFF)
    if opened is None:
        return _page("link_unknown.html", 404)
    with current_service(NotificationsService).begin() as work:
        _, invitation = look_up(work, opened.link.id)
    if invitation is not None:
        prefer_language(invitation.language)
    return _page("learning_mail.html", 200, token=token)


@pages.post("/learning-mail/<token>")
def stop(token: str) -> Response:
    """No more learning offers for the person this link was mailed to."""
    opened = open_link(token, LEARNING_MAIL_OFF)
    if opened is None:
        return _page("link_unknown.html", 404)
    with current_service(NotificationsService).begin() as work:
        _, invitation = look_up(work, opened.link.id)
        refuse_learning_mail(work, opened.link.id)
    if invitation is not None:
        prefer_language(invitation.language)
    return _page("learning_mail_stopped.html", 200)


def _page(template: str, status: int, **values: object) -> Response:
    return make_response(render_template(template, **values), status)
