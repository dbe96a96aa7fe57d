"""From the token in a mail to the command that opens its link."""

from uuid import UUID

from chassis.identity.links import LinkExpired, LinkInvalid, LinkVerifier
from onboarding.domain.links import Purpose
from onboarding.domain.refusals import LinkRefused
from onboarding.handlers.commands import OpenLink


def opening_of(token: str, verifier: LinkVerifier) -> OpenLink:
    """Check the signature and the age; raises LinkRefused. Whether it was used, the handler finds out."""
    try:
        link = verifier.verify(token)
        return OpenLink(link_id=link.id, partner_id=UUID(link.subject), purpose=Purpose(link.purpose))
    except LinkExpired:
        raise LinkRefused("link_expired") from None
    except (LinkInvalid, ValueError):
        raise LinkRefused("link_invalid") from None
