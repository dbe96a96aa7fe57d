"""Names become addresses, and every one of them is checked before a connection is made to it."""

import socket

from aiohttp.abc import AbstractResolver, ResolveResult

from integrations.adapters.allowed_addresses import AllowedAddresses


class CheckedResolver(AbstractResolver):
    """Asks another resolver. Refuses a name of which one address is refused: the others may be a lure."""

    def __init__(self, inner: AbstractResolver, addresses: AllowedAddresses) -> None:
        self._inner = inner
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises AddressRefused, and OSError for a name that leads nowhere."""
        found = await self._inner.resolve(host, port, family)
        for one in found:
            self._addresses.check(one["host"])
        return found

    async def close(self) -> None:
        await self._inner.close()
