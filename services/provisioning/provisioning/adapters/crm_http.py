"""Calls a CRM over HTTP: one request, one deadline, no retry, no redirect, answers of limited size."""

import time
from dataclasses import dataclass
from typing import Any

import httpx

from chassis import failpoints
from chassis.failures import NeverPossible, NotNow
from provisioning.adapters.outside_json import outside_json

_LARGEST_ANSWER = 16 * 1024 * 1024
_TIMEOUTS_OF_AN_ANSWER = 4


@dataclass(frozen=True)
class Reply:
    """The answer, even if it is a refusal."""

    status: int
    reason: str
    headers: httpx.Headers
    text: bytes

    @property
    def is_success(self) -> bool:
        return httpx.codes.is_success(self.status)

    def said(self) -> Any:
        """Return the JSON, an empty object for an empty body, or None for anything but JSON."""
        try:
            return outside_json(self.text) if self.text.strip() else {}
        except (ValueError, RecursionError):
            return None

    def required(self) -> dict[str, Any]:
        """Return the JSON object. Raises NotNow for anything else, such as the page of a proxy."""
        found = self.said()
        if not isinstance(found, dict):
            kind = self.headers.get("Content-Type", "nothing")[:100]
            raise NotNow("crm_ill", f"The CRM answered {self.status} with {kind} that is no JSON object")
        return found


class CrmHttp:
    """The connection to one CRM."""

    def __init__(
        self,
        url: str,
        timeout_seconds: float,
        headers: dict[str, str],
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._timeout_seconds = timeout_seconds
        self._http = httpx.Client(
            base_url=url,
            headers={"Accept-Encoding": "identity", **headers},
            timeout=timeout_seconds,
            transport=transport,
        )

    def send(self, method: str, path: str, **request: Any) -> Reply:
        """Raises NotNow if no complete answer came, NeverPossible if it was too large."""
        try:
            with self._http.stream(method, path, **request) as answer:
                text = self._bounded(answer)
        except httpx.TransportError as error:
            message = f"The CRM did not answer ({type(error).__name__}); it may have done what was asked"
            raise NotNow("crm_unreachable", message) from error
        failpoints.reach("outside.after_call")
        return Reply(answer.status_code, answer.reason_phrase, answer.headers, text)

    def _bounded(self, answer: httpx.Response) -> bytes:
        """Limit size and time. Refuse compressed answers, which nobody asked for."""
        if answer.headers.get("Content-Encoding", "identity") != "identity":
            raise NeverPossible("crm_refused", "The CRM packs its answers although it was asked not to")
        ends_at = time.monotonic() + self._timeout_seconds * _TIMEOUTS_OF_AN_ANSWER
        text = bytearray()
        for part in answer.iter_bytes():
            text += part
            if len(text) > _LARGEST_ANSWER:
                message = f"The CRM's answer is longer than {_LARGEST_ANSWER // 1024**2} MiB"
                raise NeverPossible("crm_answer_too_long", message)
            if time.monotonic() > ends_at:
                raise NotNow("crm_unreachable", "The CRM's answer took too long to arrive")
        return bytes(text)

    def close(self) -> None:
        self._http.close()
