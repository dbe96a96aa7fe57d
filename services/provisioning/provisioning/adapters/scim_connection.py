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
_ERROR = "urn:ietf:params:scim:api:messages:2.0:error"
_ILL = 502


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
        """Raises ScimRefused, also for an error that comes as a success; NotNow, NeverPossible."""
        headers = {"If-Match": version} if version else {}
        content = None
        if body is not None:
            headers["Content-Type"] = "application/scim+json"
            content = json.dumps(body)
        reply = self._http.send(
            method, "/".join(map(_segment, path)), params=query, content=content, headers=headers
        )
        if not reply.is_success:
            raise _refusal(reply, reply.status)
        found = reply.required()
        if _is_error(found):
            raise _refusal(reply, _status_said(found))
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


def _is_error(body: JSON) -> bool:
    schemas = body.get("schemas")
    return isinstance(schemas, list) and _ERROR in [str(schema).lower() for schema in schemas]


def _status_said(body: JSON) -> int:
    """The status stands in an error's body, too (RFC 7644, section 3.12)."""
    said = str(body.get("status"))
    return int(said) if said.isascii() and said.isdigit() and 400 <= int(said[:4]) < 600 else _ILL


def _refusal(reply: Reply, status: int) -> ScimRefused:
    """What is no JSON, a page of a proxy for instance, is not quoted."""
    body = reply.said()
    said = body if isinstance(body, dict) else {}
    kind, detail = str(said.get("scimType") or ""), str(said.get("detail") or reply.reason)
    return ScimRefused(status, kind, detail, reply.headers.get("Retry-After"))
