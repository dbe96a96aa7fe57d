"""From the token in a mail to the command that opens its link."""

from chassis.identity.links import LinkInvalid, LinkUse, LinkVerifier
from onboarding.domain.links import Purpose
from onboarding.domain.refusals import LinkRefused
from onboarding.handlers.commands import OpenLink

LINKS = LinkUse("onboarding", "links", old_purposes=frozenset(Purpose))


def opening_of(token: str, verifier: LinkVerifier) -> OpenLink:
    """Check the signature; raises LinkRefused. Whether it is too old or was used, the handler finds out."""
    try:
        return OpenLink(link_id=verifier.verify(LINKS, token))
    except LinkInvalid:
        raise LinkRefused("link_invalid") from None
