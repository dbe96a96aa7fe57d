"""Stop or resume learning offers: pages for people, and one click for mail programs (RFC 8058)."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from chassis.http.current_service import current_service
from chassis.http.languages import prefer_language
from chassis.identity.links import LinkInvalid
from notifications.adapters.mail_links import LEARNING_MAIL
from notifications.bootstrap import NotificationsService
from notifications.entrypoints.web.link_tokens import opened_link, unknown_link
from notifications.handlers.commands import ChooseLearningMail, LookUpInvitation
from notifications.handlers.invitations import choose_learning_mail, look_up

pages = Blueprint("learning_mail", __name__, template_folder="templates")
pages.register_error_handler(LinkInvalid, unknown_link)


@pages.get("/learning-mail/<token>")
def show(token: str) -> ResponseReturnValue:
    """Ask before stopping; changes nothing."""
    link_id = opened_link(token, LEARNING_MAIL)
    with current_service(NotificationsService).open_work() as work:
        _, invitation = look_up(work, LookUpInvitation(link_id))
    if invitation is not None:
        prefer_language(invitation.language)
    return render_template("learning_mail.html", token=token)


@pages.post("/learning-mail/<token>")
def stop(token: str) -> ResponseReturnValue:
    """Stop learning offers for the person this link was mailed to."""
    return _choose(token, "learning_mail_stopped.html", is_wanted=False)


@pages.post("/learning-mail/<token>/again")
def start_again(token: str) -> ResponseReturnValue:
    """Resume learning offers for someone who stopped them by mistake."""
    return _choose(token, "learning_mail_again.html", is_wanted=True)


@pages.get("/learning-mail/<token>/again")
def back(token: str) -> ResponseReturnValue:
    """A visitor who returns by GET (another language, a bookmark) is asked again."""
    return redirect(url_for("learning_mail.show", token=token, lang=request.args.get("lang")), 303)


def _choose(token: str, template: str, *, is_wanted: bool) -> ResponseReturnValue:
    link_id = opened_link(token, LEARNING_MAIL)
    with current_service(NotificationsService).open_work() as work:
        _, invitation = look_up(work, LookUpInvitation(link_id))
        choose_learning_mail(work, ChooseLearningMail(link_id=link_id, is_wanted=is_wanted))
    if invitation is not None:
        prefer_language(invitation.language)
    return render_template(template, token=token)
