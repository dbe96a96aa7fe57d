"""From the token in a mail to the id of its link."""

from uuid import UUID

from chassis.http.current_service import current_service
from chassis.identity.links import LinkInvalid, LinkUse
from onboarding.bootstrap import OnboardingService
from onboarding.domain.links import OF_CONTACTS
from onboarding.domain.refusals import LinkRefused

LINKS = LinkUse("onboarding", "links", old_purposes=frozenset(OF_CONTACTS))
# Signed for a page of their own: what a named person was sent signs nobody in.
MEMBERSHIPS = LinkUse("onboarding", "memberships")
# This one is opened as often as wanted, until the draft is sent in or over.
DRAFTS = LinkUse("onboarding", "drafts")


class LinkNotSigned(LinkRefused):
    """A token without a signature of ours, refused before the database is asked: it cannot be guessed."""

    def __init__(self) -> None:
        super().__init__("link_invalid")


def link_id_of(use: LinkUse, token: str) -> UUID:
    """Check the signature; raises LinkNotSigned. Whether it is too old or was used, the handler finds out."""
    try:
        return current_service(OnboardingService).link_verifier.verify(use, token)
    except LinkInvalid:
        raise LinkNotSigned from None
