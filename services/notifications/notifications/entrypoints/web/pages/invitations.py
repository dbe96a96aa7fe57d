"""The page of an invitation's link: GET shows (mail scanners follow links), POST accepts.

Works without JavaScript. An unknown link looks the same as somebody else's.
"""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from chassis.http.current_service import current_service
from chassis.http.languages import current_language, prefer_language
from chassis.identity.links import LinkInvalid
from notifications.adapters.mail_links import INVITATION
from notifications.bootstrap import NotificationsService
from notifications.domain.invitations import Invitation
from notifications.entrypoints.web.link_tokens import opened_link, unknown_link
from notifications.handlers.commands import AcceptInvitation, LookUpInvitation, RenewInvitation
from notifications.handlers.invitations import LinkStanding, accept, look_up, renew

pages = Blueprint("invitation", __name__, template_folder="templates")
pages.register_error_handler(LinkInvalid, unknown_link)

TEMPLATES = {
    LinkStanding.OPEN: ("invitation.html", 200),
    LinkStanding.USED: ("invitation_used.html", 410),
    LinkStanding.EXPIRED: ("invitation_expired.html", 410),
    LinkStanding.GONE: ("invitation_gone.html", 410),
}


@pages.app_context_processor
def home() -> dict[str, str]:
    """The name in the header of every page links to the start page of Gangway."""
    return {"home_url": f"{current_service(NotificationsService).settings.onboarding_public_url}/"}


@pages.get("/invitations/<token>")
def show(token: str) -> ResponseReturnValue:
    """Show what accepting means; changes nothing."""
    link_id = opened_link(token, INVITATION)
    with current_service(NotificationsService).open_work() as work:
        standing, invitation = look_up(work, LookUpInvitation(link_id))
    template, status = TEMPLATES[standing]
    return _about(template, status, invitation, token=token)


@pages.post("/invitations/<token>")
def take(token: str) -> ResponseReturnValue:
    """Accept, once; a second click shows that it is done."""
    link_id = opened_link(token, INVITATION)
    service = current_service(NotificationsService)
    with service.open_work() as work:
        standing, invitation = accept(work, AcceptInvitation(link_id))
    if standing in {LinkStanding.OPEN, LinkStanding.USED}:
        return _about("invitation_accepted.html", 200, invitation)
    template, status = TEMPLATES[standing]
    return _about(template, status, invitation, token=token)


@pages.get("/invitations/<token>/renewal")
def back(token: str) -> ResponseReturnValue:
    """A visitor who returns by GET (another language, a bookmark) sees the current state."""
    return redirect(url_for("invitation.show", token=token, lang=request.args.get("lang")), 303)


@pages.post("/invitations/<token>/renewal")
def ask_again(token: str) -> ResponseReturnValue:
    """Mail a new link to the invited address; the answer is the same whatever happens."""
    link_id = opened_link(token, INVITATION)
    service = current_service(NotificationsService)
    with service.open_work() as work:
        _, invitation = look_up(work, LookUpInvitation(link_id))
        renew(work, RenewInvitation(link_id))
    return _about("invitation_renewal.html", 202, invitation)


def _about(template: str, status: int, invitation: Invitation | None, **values: Any) -> ResponseReturnValue:
    if invitation is not None:
        prefer_language(invitation.language)
    paths = current_service(NotificationsService).settings.learning_paths
    path = paths.by_name.get(invitation.path) if invitation else None
    language = current_language()
    title = path.title[language] if path else ""
    summary = path.summary[language] if path else ""
    values |= {"path": path, "title": title, "summary": summary, "invitation": invitation}
    return render_template(template, **values), status
