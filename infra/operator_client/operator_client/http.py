"""HTTP to the services with an operator's token; every failure becomes a sentence.

OperatorsFailure
|-- Refused      the service answered, but not with a 2xx
|-- Proposed     nothing is done yet: a second person has to confirm it
`-- Unreachable  no answer came, or none that can be read
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from http.cookiejar import DefaultCookiePolicy
from time import monotonic, sleep
from typing import Any
from uuid import uuid4

import httpx

from operator_client.access import Access

TIMEOUT_SECONDS = 30.0
LONGEST_PAGE = 200
PAUSE_SECONDS = 0.1
# The longest list that a service answers with has a tenth of it.
LARGEST_ANSWER = 4 * 1024 * 1024
# What is asked for by an id may be gone; what is asked for without one each service of this version has.
_ID = re.compile(r"/(?!v1/)[^/ ]*\d")
# The services close a connection that was idle for 5 s; who sends on it in that moment is cut off.
LIMITS = httpx.Limits(keepalive_expiry=2.0)


class OperatorsFailure(Exception):
    """The message is one sentence for people."""


class Refused(OperatorsFailure):
    """A service refused a request; the message is its problem document in words."""

    def __init__(self, message: str, status: int, problem: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.problem: Mapping[str, Any] = problem or {}


class Proposed(OperatorsFailure):
    """What was asked for waits for a second person; ``proposal`` is what they will see."""

    def __init__(self, proposal: dict[str, Any]) -> None:
        until = datetime.fromisoformat(proposal["expires_at"]).astimezone(UTC)
        told = f"A second person has to confirm this until {until:%Y-%m-%d %H:%M} UTC."
        super().__init__(f"{told} The proposal is {proposal['proposal_id']}.")
        self.proposal = proposal


class Unreachable(OperatorsFailure):
    """A service gave no answer."""


def new_connections() -> httpx.Client:
    """Connections to the services; several operators may share them, so no cookie is ever kept."""
    client = httpx.Client(limits=LIMITS)
    client.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    return client


class OperatorsHttp:
    """May be used by several threads. ``connections`` that were given are the giver's to close.

    ``patience_seconds`` is for the whole of one answer. With an ``act_key`` these are opened for one act:
    sent again with the same key, it does nothing twice.
    """

    def __init__(
        self,
        access: Access,
        connections: httpx.Client | None = None,
        *,
        patience_seconds: float = TIMEOUT_SECONDS,
        language: str | None = None,
        act_key: str | None = None,
    ) -> None:
        self._access = access
        self._client = connections or new_connections()
        self._patience_seconds = patience_seconds
        self._act_key = act_key
        self._headers = {"Authorization": f"Bearer {access.token}", "Accept": "application/json"}
        if language:
            self._headers["Accept-Language"] = language

    @property
    def services(self) -> tuple[str, ...]:
        """Those whose address is known."""
        return self._access.services

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def get(self, service: str, path: str, **query: Any) -> dict[str, Any]:
        """The answer to a GET; a query value of None is left out. Raises Refused and Unreachable."""
        params = {name: value for name, value in query.items() if value is not None}
        return self._ask(service, "GET", path, params=params)

    def post(self, service: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The answer to a POST with an idempotency key. Raises Refused, Proposed and Unreachable."""
        headers = {"Idempotency-Key": self._act_key or str(uuid4())}
        ends_at = monotonic() + self._patience_seconds
        while True:
            try:
                answer = self._ask(
                    service, "POST", path, json=body if body is not None else {}, headers=headers
                )
                break
            except Refused as refused:
                # A click before this one asked for the same, which still runs: its answer will be ours.
                if refused.problem.get("code") != "request_in_progress" or monotonic() > ends_at:
                    raise
                sleep(PAUSE_SECONDS)
        if answer.get("state") == "waiting" and "proposal_id" in answer:
            raise Proposed(answer)
        return answer

    def pages(self, service: str, path: str, member: str, **query: Any) -> Iterator[dict[str, Any]]:
        """All items of a list, page by page as they are taken."""
        cursor = None
        while True:
            page = self.page(service, path, member, limit=LONGEST_PAGE, cursor=cursor, **query)
            yield from page[member]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def page(self, service: str, path: str, member: str, **query: Any) -> dict[str, Any]:
        """A part of a list: its items as ``member``, and ``next_cursor``. Raises Refused and Unreachable."""
        page = expected(self.get(service, path, **query), service, member, "next_cursor")
        if not isinstance(page[member], list) or not all(isinstance(one, dict) for one in page[member]):
            raise Unreachable(f"{service} answered {path} with no list of {member}.")
        return page

    def _ask(self, service: str, method: str, path: str, **request: Any) -> dict[str, Any]:
        url = self._access.url(service)
        request["headers"] = {**self._headers, **request.get("headers", {})}
        try:
            try:
                answer = self._whole(service, method, url + path, request)
            except (httpx.ReadError, httpx.RemoteProtocolError):
                if method != "GET":
                    raise
                answer = self._whole(service, method, url + path, request)
        except (httpx.TransportError, httpx.InvalidURL, httpx.DecodingError) as error:
            raise Unreachable(_why_unreachable(service, url, method, error)) from error
        return checked(answer, service)

    def _whole(self, service: str, method: str, url: str, request: Mapping[str, Any]) -> httpx.Response:
        """Within our patience and `LARGEST_ANSWER`; httpx alone has patience for each piece anew."""
        ends_at, body = monotonic() + self._patience_seconds, bytearray()
        with self._client.stream(method, url, timeout=self._patience_seconds, **request) as answer:
            for piece in answer.iter_bytes():
                body += piece
                if monotonic() > ends_at:
                    raise httpx.ReadTimeout("too slow", request=answer.request)
                if len(body) > LARGEST_ANSWER:
                    raise Unreachable(f"{service} answered with more than {LARGEST_ANSWER} bytes.")
            headers = [(name, value) for name, value in answer.headers.items() if name == "content-type"]
            return httpx.Response(
                answer.status_code, headers=headers, content=bytes(body), request=answer.request
            )


def checked(answer: httpx.Response, service: str) -> dict[str, Any]:
    """The answer's JSON, nothing for 204. Raises Refused with the problem's own words."""
    if answer.status_code == httpx.codes.NO_CONTENT:
        return {}
    body = _json_object(answer)
    if not answer.is_success:
        raise Refused(f"{service}: {_words_of(answer, body)}", answer.status_code, body)
    if body is None:
        place = answer.request.url.copy_with(path="/", query=None)
        message = f"{service} at {place} did not answer in JSON. Is that its address?"
        raise Refused(message, answer.status_code)
    return body


def expected(answer: dict[str, Any], service: str, *members: str) -> dict[str, Any]:
    """The same, if it has these members. Raises Unreachable: something else listens there."""
    if missing := [name for name in members if name not in answer]:
        raise Unreachable(f"{service} answered without {', '.join(missing)}. Is it of another version?")
    return answer


def _json_object(answer: httpx.Response) -> dict[str, Any] | None:
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _words_of(answer: httpx.Response, problem: Mapping[str, Any] | None) -> str:
    """A problem document (RFC 9457) as one sentence."""
    told = f"{answer.request.method} {answer.request.url.path} answered {answer.status_code}"
    if problem is None:
        return f"{told} {answer.reason_phrase}, without a problem document."
    words = str(problem.get("detail") or _words_without_detail(told, problem))
    if problem.get("code") == "forbidden":
        words += " The token lacks the role for this."
    errors = problem.get("errors")
    wrong_values = (error for error in errors if isinstance(error, dict)) if isinstance(errors, list) else ()
    # Where it says no more than the sentence before, the place would only repeat it.
    wrong_values = (error for error in wrong_values if error.get("detail") != problem.get("detail"))
    if wrong := "; ".join(map(_wrong_value, wrong_values)):
        words = f"{words.rstrip('.')}: {wrong}"
    if answer.is_server_error and problem.get("request_id"):
        words += f" Its log knows more under request id {problem['request_id']}."
    return words


def _words_without_detail(told: str, problem: Mapping[str, Any]) -> str:
    """Nobody learns from a refusal which ids exist, so the services say no more than that it is not found."""
    if problem.get("code") == "not_found" and not _ID.search(told):
        return f"It does not know this: {told}. Is it of an older version?"
    if problem.get("code") == "not_found":
        return f"There is nothing under this id: {told}."
    return f"{told}: {problem.get('title')}."


def _wrong_value(error: Mapping[str, str]) -> str:
    place = error.get("pointer") or error.get("parameter") or error.get("header") or ""
    return f"{place} {error.get('detail', '')}".strip()


def _why_unreachable(service: str, url: str, method: str, error: Exception) -> str:
    if isinstance(error, httpx.UnsupportedProtocol | httpx.InvalidURL):
        return f"The address of {service} is no web address: {url}. It begins with http:// or https://."
    if isinstance(error, httpx.ConnectError):
        return f"{service} cannot be reached at {url}: {error}."
    said = "did not answer in time" if isinstance(error, httpx.TimeoutException) else f"broke off: {error}"
    doubt = (
        "" if method == "GET" else " Whether it did what was asked is not known: look before asking again."
    )
    return f"{service} at {url} {said}.{doubt}"
