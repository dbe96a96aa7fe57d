"""Where the services are and which token opens them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

# Those that have an API for operators.
SERVICES = ("onboarding", "provisioning", "notifications")


class NoAccess(Exception):
    """Nobody said where a service is, or with which token; the message says how to."""


@dataclass(frozen=True)
class Access:
    """The services' addresses by name, and the operator's token."""

    urls: Mapping[str, str]
    token: str = field(repr=False)

    def url(self, service: str) -> str:
        """Raises NoAccess when nobody said where this service is."""
        try:
            return self.urls[service].rstrip("/")
        except KeyError:
            raise NoAccess(f"Say where {service} is: --{service}-url.") from None
