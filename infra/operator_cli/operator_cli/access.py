"""Where the services are and which token opens them: the local stack's own, or what the operator says."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from operator_cli.local_stack import find_local_stack

# Those that have an API for operators.
SERVICES = ("onboarding", "provisioning", "notifications")
TOKEN_VARIABLE = "GANGWAY_OPS_TOKEN"  # noqa: S105 - the name of a variable


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


def find_access(given: Mapping[str, str | None], environ: Mapping[str, str] = os.environ) -> Access:
    """Access to the services at the `given` addresses, or else to the local stack's.

    The stack's token is never sent to an address that was given by hand. Raises NoAccess.
    """
    urls = {service: url for service, url in given.items() if url}
    token = environ.get(TOKEN_VARIABLE)
    if urls:
        if not token:
            raise NoAccess(f"Addresses given by hand need a token in {TOKEN_VARIABLE}.")
        return Access(urls, token)
    addresses = _addresses(environ)
    return Access({service: addresses[service] for service in SERVICES}, token or addresses["ops_token"])


def _addresses(environ: Mapping[str, str]) -> dict[str, str]:
    stack = find_local_stack()
    if stack and (addresses := stack.addresses(environ)) is not None:
        return addresses
    how = ", ".join(f"--{service}-url" for service in SERVICES)
    start = "No local stack here (`gangway up` starts one). For other services: " if stack else "Needed: "
    raise NoAccess(f"{start}{how}, and a token in {TOKEN_VARIABLE}.")
