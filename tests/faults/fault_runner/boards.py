"""What all stories look at: the partners' states and the mailbox, each asked for by one poller."""

import asyncio
import re
from collections import defaultdict
from collections.abc import Callable, Collection

import httpx

from fault_runner.client import Client

_POLL_SECONDS = 0.7
_LINK = re.compile(r"https?://[^\s<>\"]+")


class StateBoard:
    """Where each partner stands, by the operators' list."""

    def __init__(self, client: Client, url: str, token: str) -> None:
        self._client = client
        self._url = url
        self._token = token
        self._states: dict[str, str] = {}
        self._news = asyncio.Condition()

    async def keep(self) -> None:
        """Follow the list until cancelled."""
        while True:
            cursor: str | None = None
            while True:
                query = {"limit": "100"} | ({"cursor": cursor} if cursor else {})
                page = await self._client.get(f"{self._url}/v1/partners", self._token, **query)
                self._states |= {line["partner_id"]: line["state"] for line in page["partners"]}
                cursor = page["next_cursor"]
                if cursor is None:
                    break
            async with self._news:
                self._news.notify_all()
            await asyncio.sleep(_POLL_SECONDS)

    async def wait_for(self, partner_id: str, states: Collection[str], give_up_seconds: float) -> str:
        """The partner's state once it is one of these; raises TimeoutError."""
        async with asyncio.timeout(give_up_seconds), self._news:
            await self._news.wait_for(lambda: self._states.get(partner_id) in states)
        return self._states[partner_id]

    def state_of(self, partner_id: str) -> str | None:
        return self._states.get(partner_id)


class MailBoard:
    """The links that came by mail, by recipient and in their order."""

    def __init__(self, url: str) -> None:
        self._http = httpx.AsyncClient(base_url=url, timeout=30)
        self._links: dict[str, list[str]] = defaultdict(list)
        self._read: set[str] = set()
        self._news = asyncio.Condition()

    async def keep(self) -> None:
        """Follow the mailbox until cancelled."""
        while True:
            listed = (await self._http.get("/messages")).raise_for_status().json()
            for line in listed:
                if line["id"] not in self._read:
                    mail = (await self._http.get(f"/messages/{line['id']}")).raise_for_status().json()
                    self._read.add(line["id"])
                    for recipient in line["to"]:
                        self._links[recipient.casefold()] += _LINK.findall(mail["text"] or "")
            async with self._news:
                self._news.notify_all()
            await asyncio.sleep(_POLL_SECONDS)

    async def newest_link(
        self, recipient: str, is_wanted: Callable[[str], bool], give_up_seconds: float
    ) -> str:
        """The newest link to this person that is wanted, now or when it comes; raises TimeoutError."""

        def wanted() -> list[str]:
            return [link for link in self._links[recipient.casefold()] if is_wanted(link)]

        async with asyncio.timeout(give_up_seconds), self._news:
            await self._news.wait_for(wanted)
        return wanted()[-1]

    async def close(self) -> None:
        await self._http.aclose()
