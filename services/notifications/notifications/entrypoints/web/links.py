"""What the token of a link in a mail says, before anything is looked up."""

from dataclasses import dataclass

from chassis.http.current_service import current_service
from chassis.identity.links import Link, LinkExpired, LinkInvalid
from notifications.bootstrap import NotificationsService


@dataclass(frozen=True)
class OpenedLink:
    """A genuine link of the right purpose; ``is_too_old`` by its own date."""

    link: Link
    is_too_old: bool


def open_link(token: str, purpose: str) -> OpenedLink | None:
    """None for what is not a link of ours for this purpose."""
    try:
        opened = OpenedLink(current_service(NotificationsService).link_verifier.verify(token), False)
    except LinkExpired as expired:
        opened = OpenedLink(expired.link, True)
    except LinkInvalid:
        return None
    return opened if opened.link.purpose == purpose else None
