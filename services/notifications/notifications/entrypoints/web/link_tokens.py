"""What the token of a link in a mail says, before anything is looked up."""

from uuid import UUID

from chassis.http.current_service import current_service
from chassis.identity.links import LinkInvalid, LinkUse
from notifications.bootstrap import NotificationsService


def opened_link(token: str, use: LinkUse) -> UUID | None:
    """The link's id; None for what is not a link of ours for this use."""
    try:
        return current_service(NotificationsService).link_verifier.verify(use, token)
    except LinkInvalid:
        return None
