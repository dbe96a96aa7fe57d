"""Where the services are and which token opens them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# Those that have an API for operators.
SERVICES = ("onboarding", "provisioning", "notifications", "integrations")
# A deployment may be without them.
OPTIONAL = frozenset({"integrations"})


def known(urls: Mapping[str, object]) -> tuple[str, ...]:
    """The services with an address, in their usual order."""
    return tuple(service for service in SERVICES if urls.get(service))


class NoAccess(Exception):
    """Nobody said where a service is, or with which token; the message says how to."""


@dataclass(frozen=True)
class Access:
    """The services' addresses by name, and the operator's token."""

    urls: Mapping[str, str]
    token: str = field(repr=False)

    @property
    def services(self) -> tuple[str, ...]:
        """Those whose address is known."""
        return known(self.urls)

    def url(self, service: str) -> str:
        """Raises NoAccess when nobody said where this service is."""
        try:
            return self.urls[service].rstrip("/")
        except KeyError:
            raise NoAccess(f"Say where {service} is: --{service}-url.") from None
