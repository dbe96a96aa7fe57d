"""Which access a command has: to the local stack, or to the services the operator names."""

import os
from collections.abc import Mapping
from typing import Any

from operator_cli.kept_sign_in import KeptSignIn
from operator_cli.local_stack import find_local_stack
from operator_client.access import OPTIONAL, SERVICES, Access, NoAccess, known

TOKEN_VARIABLE = "GANGWAY_OPS_TOKEN"  # noqa: S105 - the name of a variable


def find_access(given: Mapping[str, str | None], environ: Mapping[str, str] = os.environ) -> Access:
    """Access to the services at the `given` addresses, else of the local stack, else of the person's sign-in.

    Neither the stack's token nor a person's is ever sent to an address it is not for. Raises NoAccess.
    """
    urls = {service: url for service, url in given.items() if url}
    token = environ.get(TOKEN_VARIABLE)
    if token and urls:
        return Access(urls, token)
    kept = KeptSignIn(environ)
    signed_in = None if token else kept.read()
    stack = None if urls else find_stack(environ)
    if stack is not None:
        urls = {service: stack[service] for service in known(stack)}
    elif signed_in and not urls:
        urls = dict(signed_in.urls)
    if signed_in and urls and signed_in.fits(urls):
        fresh = kept.fresh() or signed_in
        return Access(urls, fresh.access_token)
    if stack is not None:
        return Access(urls, token or stack["ops_token"])
    if urls:
        raise NoAccess(f"Addresses given by hand need a token in {TOKEN_VARIABLE}, or `gangway login`.")
    raise NoAccess(_nowhere())


def local_addresses(environ: Mapping[str, str]) -> Mapping[str, Any]:
    """Addresses and tokens of the local stack. Raises NoAccess if there is none."""
    found = find_stack(environ)
    if found is None:
        raise NoAccess(_nowhere())
    return found


def find_stack(environ: Mapping[str, str]) -> Mapping[str, Any] | None:
    """Addresses and tokens of the local stack, None if there is none. Raises NoAccess."""
    stack = find_local_stack()
    return stack.addresses(environ) if stack else None


def _nowhere() -> str:
    how = ", ".join(f"--{service}-url" for service in SERVICES if service not in OPTIONAL)
    start = "No local stack here (`gangway up` starts one). For other services: "
    start = start if find_local_stack() else "Needed: "
    return f"{start}{how}, and a token in {TOKEN_VARIABLE} or `gangway login`."
