"""From the token in a mail to the id of its link."""

from uuid import UUID

from chassis.identity.links import LinkInvalid, LinkUse, LinkVerifier
from onboarding.domain.links import OF_CONTACTS
from onboarding.domain.refusals import LinkRefused
from onboarding.handlers.commands import OpenLink

LINKS = LinkUse("onboarding", "links", old_purposes=frozenset(OF_CONTACTS))
# Signed for a page of their own: what a named person was sent signs nobody in.
MEMBERSHIPS = LinkUse("onboarding", "memberships")
# This one is opened as often as wanted, until the draft is sent in or over.
DRAFTS = LinkUse("onboarding", "drafts")


class LinkNotSigned(LinkRefused):
    """A token without a signature of ours, refused before the database is asked: it cannot be guessed."""

    def __init__(self) -> None:
        super().__init__("link_invalid")


def opening_of(token: str, verifier: LinkVerifier) -> OpenLink:
    """Check the signature; raises LinkNotSigned. Whether it is too old or was used, the handler finds out."""
    return OpenLink(link_id=_verified(LINKS, token, verifier))


def membership_of(token: str, verifier: LinkVerifier) -> OpenLink:
    """The same for the link that asks a named person."""
    return OpenLink(link_id=_verified(MEMBERSHIPS, token, verifier))


def draft_of(token: str, verifier: LinkVerifier) -> UUID:
    """The id of the draft whose link it is; raises LinkNotSigned."""
    return _verified(DRAFTS, token, verifier)


def _verified(use: LinkUse, token: str, verifier: LinkVerifier) -> UUID:
    try:
        return verifier.verify(use, token)
    except LinkInvalid:
        raise LinkNotSigned from None
