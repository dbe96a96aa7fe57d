"""The addresses of the services, and the token for them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

# The services with an API for operators.
SERVICES = ("onboarding", "provisioning", "notifications", "integrations")
# Optional in a deployment.
OPTIONAL = frozenset({"integrations"})
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # RFC 6750, 2.1


def known(urls: Mapping[str, object]) -> tuple[str, ...]:
    """The services with an address, in their usual order."""
    return tuple(service for service in SERVICES if urls.get(service))


class NoAccess(Exception):
    """An address or a token is missing; the message says how to give it."""


@dataclass(frozen=True)
class Access:
    """The services' addresses by name, and the operator's token.

    Raises NoAccess for a token that does not fit into a header: httpx would quote it in its error.
    """

    urls: Mapping[str, str]
    token: str = field(repr=False)

    def __post_init__(self) -> None:
        """Check the form of the token; whether it is genuine is for the services to decide."""
        if not _TOKEN.fullmatch(self.token):
            raise NoAccess(
                "The token is none: it is empty, or has a line break, a space or a letter too many."
                " Look at GANGWAY_OPS_TOKEN, or sign in anew."
            )

    @property
    def services(self) -> tuple[str, ...]:
        """Those with a known address."""
        return known(self.urls)

    def url(self, service: str) -> str:
        """Raises NoAccess if the address of this service is unknown."""
        try:
            return self.urls[service].rstrip("/")
        except KeyError:
            raise NoAccess(f"Say where {service} is: --{service}-url.") from None
