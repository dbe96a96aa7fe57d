"""HTTP to one of the services with an operator's token; every failure becomes a sentence.

OperatorsFailure
|-- Refused      the service answered, but not with a 2xx
`-- Unreachable  no answer came
"""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import uuid4

import httpx

from operator_cli.access import Access

TIMEOUT_SECONDS = 30.0
LONGEST_PAGE = 200
# The services close a connection that was idle for 5 s; who sends on it in that moment is cut off.
LIMITS = httpx.Limits(keepalive_expiry=2.0)


class OperatorsFailure(Exception):
    """The message is one sentence for people."""


class Refused(OperatorsFailure):
    """A service refused a request; the message is its problem document in words."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class Unreachable(OperatorsFailure):
    """A service gave no answer."""


class OperatorsHttp:
    """May be used by several threads."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._client = httpx.Client(
            timeout=TIMEOUT_SECONDS,
            limits=LIMITS,
            headers={"Authorization": f"Bearer {access.token}", "Accept": "application/json"},
        )

    def close(self) -> None:
        """Let go of the connections."""
        self._client.close()

    def get(self, service: str, path: str, **query: Any) -> dict[str, Any]:
        """The answer to a GET; a query value of None is left out. Raises Refused and Unreachable."""
        params = {name: value for name, value in query.items() if value is not None}
        return self._ask(service, "GET", path, params=params)

    def post(self, service: str, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """The answer to a POST with an idempotency key of its own. Raises Refused and Unreachable."""
        key = {"Idempotency-Key": str(uuid4())}
        return self._ask(service, "POST", path, json=body if body is not None else {}, headers=key)

    def pages(self, service: str, path: str, member: str, **query: Any) -> Iterator[dict[str, Any]]:
        """All items of a list, page by page as they are taken."""
        cursor = None
        while True:
            page = self.get(service, path, limit=LONGEST_PAGE, cursor=cursor, **query)
            yield from page[member]
            cursor = page["next_cursor"]
            if cursor is None:
                return

    def _ask(self, service: str, method: str, path: str, **request: Any) -> dict[str, Any]:
        url = self._access.url(service)
        try:
            try:
                answer = self._client.request(method, url + path, **request)
            except (httpx.ReadError, httpx.RemoteProtocolError):
                if method != "GET":
                    raise
                answer = self._client.request(method, url + path, **request)
        except (httpx.TransportError, httpx.InvalidURL) as error:
            raise Unreachable(_why_unreachable(service, url, method, error)) from error
        return checked(answer, service)


def checked(answer: httpx.Response, service: str) -> dict[str, Any]:
    """The answer's JSON, nothing for 204. Raises Refused with the problem's own words."""
    if answer.status_code == httpx.codes.NO_CONTENT:
        return {}
    if answer.is_success:
        body = _json_of(answer)
        if not isinstance(body, dict):
            message = (
                f"{service} at {answer.request.url.copy_with(path='/', query=None)} did not answer in JSON."
            )
            raise Refused(f"{message} Is that its address?", answer.status_code)
        return body
    raise Refused(f"{service}: {_words_of(answer)}", answer.status_code)


def _words_of(answer: httpx.Response) -> str:
    """A problem document (RFC 9457) as one sentence."""
    told = f"{answer.request.method} {answer.request.url.path} answered {answer.status_code}"
    problem = _json_of(answer)
    if not isinstance(problem, dict):
        return f"{told} {answer.reason_phrase}, without a problem document."
    words = str(problem.get("detail") or f"{told}: {problem.get('title')}.")
    if problem.get("code") == "forbidden":
        words += " The token lacks the role for this."
    errors = problem.get("errors")
    wrong_values = (error for error in errors if isinstance(error, dict)) if isinstance(errors, list) else ()
    if wrong := "; ".join(map(_wrong_value, wrong_values)):
        words = f"{words.rstrip('.')}: {wrong}"
    if answer.is_server_error and problem.get("request_id"):
        words += f" Its log knows more under request id {problem['request_id']}."
    return words


def _json_of(answer: httpx.Response) -> Any:
    """None for what is no JSON."""
    try:
        return answer.json()
    except (ValueError, RecursionError):
        return None


def _wrong_value(error: Mapping[str, str]) -> str:
    place = error.get("pointer") or error.get("parameter") or error.get("header") or ""
    return f"{place} {error.get('detail', '')}".strip()


def _why_unreachable(service: str, url: str, method: str, error: Exception) -> str:
    if isinstance(error, httpx.ConnectError):
        return f"{service} cannot be reached at {url}: {error}"
    said = "did not answer in time" if isinstance(error, httpx.TimeoutException) else f"broke off: {error}"
    doubt = (
        "" if method == "GET" else " Whether it did what was asked is not known: look before asking again."
    )
    return f"{service} at {url} {said}.{doubt}"
