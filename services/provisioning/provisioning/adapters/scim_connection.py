"""SCIM 2.0 over HTTP, with resources as the JSON that they are.

Models would lose what a service keeps beside the standard when a resource is put back, and refuse ids
that are numbers.
"""

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx

from chassis.failures import NeverPossible
from provisioning.adapters.crm_http import CrmHttp, Reply

JSON = dict[str, Any]


class ScimRefused(Exception):
    """The service said no. ``detail`` is its own words, ``kind`` its ``scimType``."""

    def __init__(self, status: int, kind: str, detail: str, retry_after: str | None = None) -> None:
        super().__init__(f"{status} {kind} {detail}")
        self.status, self.kind, self.detail, self.retry_after = status, kind, detail, retry_after


@dataclass(frozen=True)
class Answer:
    """What came back; ``version`` is what If-Match wants to hear."""

    body: JSON
    version: str | None


class ScimConnection:
    """One service."""

    def __init__(
        self,
        url: str,
        token: str,
        timeout_seconds: float,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        headers = {"Accept": "application/scim+json, application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        self._http = CrmHttp(url, timeout_seconds, headers, transport)

    def ask(
        self,
        method: str,
        *path: str,
        query: dict[str, str] | None = None,
        body: JSON | None = None,
        version: str | None = None,
    ) -> Answer:
        """Raises ScimRefused, NotNow, NeverPossible."""
        headers = {"If-Match": version} if version else {}
        content = None
        if body is not None:
            headers["Content-Type"] = "application/scim+json"
            content = json.dumps(body)
        reply = self._http.send(
            method, "/".join(map(_segment, path)), params=query, content=content, headers=headers
        )
        if not reply.is_success:
            raise _refusal(reply)
        found = reply.required()
        meta = found.get("meta")
        noted = reply.headers.get("ETag") or (meta.get("version") if isinstance(meta, dict) else None)
        return Answer(found, str(noted) if noted else None)

    def close(self) -> None:
        self._http.close()


def _segment(part: str) -> str:
    """An id is one segment of the path, whatever stands in it."""
    if part in {"", ".", ".."}:
        raise NeverPossible("crm_refused", f"The CRM gave out {part!r} for an id")
    return quote(part, safe="")


def _refusal(reply: Reply) -> ScimRefused:
    """What is no JSON, a page of a proxy for instance, is not quoted."""
    body = reply.said()
    said = body if isinstance(body, dict) else {}
    kind, detail = str(said.get("scimType") or ""), str(said.get("detail") or reply.reason)
    return ScimRefused(reply.status, kind, detail, reply.headers.get("Retry-After"))
