"""Names become addresses, and every one of them is checked before a connection is made to it."""

import socket
from collections import Counter

from aiohttp.abc import AbstractResolver, ResolveResult

from integrations.adapters.allowed_addresses import AllowedAddresses

# Of each family of addresses: a name that leads to a thousand would have one attempt knock at them all.
MOST_ADDRESSES = 4


class CheckedResolver(AbstractResolver):
    """Asks another resolver. Refuses a name of which one address is refused: the others may be a lure.

    Of many addresses only the first are tried.
    """

    def __init__(self, inner: AbstractResolver, addresses: AllowedAddresses) -> None:
        self._inner = inner
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Raises AddressRefused, and OSError for a name that leads nowhere."""
        found = await self._inner.resolve(host, port, family)
        tried: list[ResolveResult] = []
        of_family = Counter[int]()
        for one in found:
            self._addresses.check(one["host"])
            of_family[one["family"]] += 1
            if of_family[one["family"]] <= MOST_ADDRESSES:
                tried.append(one)
        return tried

    async def close(self) -> None:
        await self._inner.close()
