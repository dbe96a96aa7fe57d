"""Asks an address whether it wants our events: the OPTIONS request of CloudEvents' HTTP Webhooks, 4.1."""

import asyncio
from collections.abc import Callable
from urllib.parse import urlsplit

from integrations.adapters.sending.webhook_client import WebhookClient


class OptionsChallenger:
    """Implements `Challenger`. The origin that is asked for is the host of ``public_url``."""

    def __init__(self, new_client: Callable[[], WebhookClient], public_url: str) -> None:
        self._new_client = new_client
        self._origin = urlsplit(public_url).hostname or ""

    def ask(self, url: str) -> str:
        return asyncio.run(self._ask(url))

    async def _ask(self, url: str) -> str:
        client = self._new_client()
        try:
            return await client.challenge(url, self._origin)
        finally:
            await client.close()
