"""Readiness checks for parts of the stack. Each returns quickly, and False instead of raising."""

import asyncio
from collections.abc import Awaitable, Callable

import httpx

from local_stack.machine.ports import accepts_connections

Probe = Callable[[], Awaitable[bool]]
PATIENCE_SECONDS = 5.0


def http_ok(url: str) -> Probe:
    """This URL, on this machine and plain HTTP, answers with a success."""

    async def probe() -> bool:
        try:
            # verify=False: otherwise each client loads all certificate authorities, 46 ms for each check.
            async with httpx.AsyncClient(trust_env=False, verify=False, timeout=PATIENCE_SECONDS) as client:  # noqa: S501
                return (await client.get(url)).is_success
        except httpx.HTTPError:
            return False

    return probe


def answers_on(*ports: int) -> Probe:
    """All these ports accept connections."""
    return in_thread(lambda: all(accepts_connections(port) for port in ports))


def in_thread(ask: Callable[[], bool]) -> Probe:
    """Check with a blocking function."""

    async def probe() -> bool:
        return await asyncio.to_thread(ask)

    return probe
