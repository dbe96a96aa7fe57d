"""A client that does not give up: cut off or refused for now, it asks again with the same Idempotency-Key."""

import asyncio
import time
from typing import Any
from uuid import uuid4

import httpx

from fault_runner.evidence import Evidence

_PAUSE_SECONDS = 0.4


class Refused(Exception):
    """The service said no, and will say so again."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(f"{status}: {words}")
        self.status = status


class GaveUp(Exception):
    """No answer before the deadline."""


class Client:
    """HTTP for all stories. Every accepted POST is noted in the evidence before anything follows from it."""

    def __init__(self, evidence: Evidence, give_up_at: float) -> None:
        # A connection for each request: a reused one to a killed process would only add noise.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._http = httpx.AsyncClient(timeout=15, limits=limits)
        self._evidence = evidence
        self._give_up_at = give_up_at

    async def close(self) -> None:
        await self._http.aclose()

    async def get(self, url: str, token: str | None = None, **query: str) -> Any:
        """The JSON of an answer. Raises Refused, GaveUp."""
        answer, _ = await self._insist("GET", url, _bearer(token), params=query)
        return answer.json()

    async def post(self, url: str, body: dict[str, Any], token: str | None = None, **noted: Any) -> Any:
        """The JSON of the first 2xx, however many requests it took. Raises Refused, GaveUp."""
        key = str(uuid4())
        headers = _bearer(token) | {"Idempotency-Key": key}
        answer, requests = await self._insist("POST", url, headers, json=body)
        found = answer.json()
        path = httpx.URL(url).path
        partner_id = found.get("partner_id") if isinstance(found, dict) else None
        facts = {"key": key, "status": answer.status_code, "requests": requests, "partner_id": partner_id}
        self._evidence.note("accepted", path=path, **facts, **noted)
        return found

    async def _insist(
        self, method: str, url: str, headers: dict[str, str], **options: Any
    ) -> tuple[httpx.Response, int]:
        requests = 0
        while time.monotonic() < self._give_up_at:
            requests += 1
            try:
                answer = await self._http.request(method, url, headers=headers, **options)
            except httpx.TransportError:
                await asyncio.sleep(_PAUSE_SECONDS)
                continue
            if answer.is_success:
                return answer, requests
            if answer.status_code < 500 and not _is_under_way(answer):
                raise Refused(answer.status_code, answer.text[:300])
            await asyncio.sleep(_PAUSE_SECONDS)
        raise GaveUp(f"{method} {httpx.URL(url).path}: no answer in time")


def _is_under_way(answer: httpx.Response) -> bool:
    """The first request with this key still runs: worth asking again."""
    return answer.status_code == 409 and "request_in_progress" in answer.text


def _bearer(token: str | None) -> dict[str, str]:
    return {} if token is None else {"Authorization": f"Bearer {token}"}
