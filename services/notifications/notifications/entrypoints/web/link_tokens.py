"""What the token of a link in a mail says, before anything is looked up."""

from uuid import UUID

from flask import render_template

from chassis.http.current_service import current_service
from chassis.identity.links import LinkInvalid, LinkUse
from notifications.bootstrap import NotificationsService


def opened_link(token: str, use: LinkUse) -> UUID:
    """The link's id; raises LinkInvalid for what is not a link of ours for this use."""
    return current_service(NotificationsService).link_verifier.verify(use, token)


def unknown_link(_: LinkInvalid) -> tuple[str, int]:
    """The page that says so; nothing tells an unknown link from one of somebody else."""
    return render_template("link_unknown.html"), 404
