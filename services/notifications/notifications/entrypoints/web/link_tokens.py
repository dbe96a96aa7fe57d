"""Verifies the token of a link in a mail, before anything is looked up."""

from uuid import UUID

from flask import render_template

from chassis.http.current_service import current_service
from chassis.identity.links import LinkInvalid, LinkUse
from notifications.bootstrap import NotificationsService


def opened_link(token: str, use: LinkUse) -> UUID:
    """Return the link's id. Raises LinkInvalid unless it is our link for this purpose."""
    return current_service(NotificationsService).link_verifier.verify(use, token)


def unknown_link(_: LinkInvalid) -> tuple[str, int]:
    """The page for it; it does not tell an unknown link from somebody else's."""
    return render_template("link_unknown.html"), 404
