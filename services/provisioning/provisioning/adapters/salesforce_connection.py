"""Salesforce's REST API over HTTP: an access token of its own, queries, records.

https://developer.salesforce.com/docs/atlas.en-us.api_rest.meta/api_rest/intro_rest.htm
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

import httpx

from chassis.failures import Failure, Kind, NeverPossible, NotNow
from chassis.redaction import redacted_cause
from provisioning.adapters.crm_http import CrmHttp, Reply
from provisioning.adapters.outside_settings import SalesforceSettings
from provisioning.adapters.retry_after import retry_after
from provisioning.adapters.sorted_failures import failures_sorted

JSON = dict[str, Any]
_VERSION = "v60.0"
_DATA = "/services/data/"
_PAGES_MOST = 1_000
_DAILY_LIMIT = timedelta(hours=1)
_PASSES = {
    "UNABLE_TO_LOCK_ROW": ("crm_conflict", Kind.CONFLICT),
    "REQUEST_LIMIT_EXCEEDED": ("crm_throttled", Kind.QUOTA),
    "SERVER_UNAVAILABLE": ("crm_ill", Kind.UNAVAILABLE),
}
_PASSING_STATUS = {
    401: ("crm_access_denied", Kind.DENIED),
    403: ("crm_access_denied", Kind.DENIED),
    404: ("crm_not_found", Kind.EVENTUAL_CONSISTENCY),
    408: ("crm_ill", Kind.UNAVAILABLE),
    429: ("crm_throttled", Kind.THROTTLED),
}


class SalesforceRefused(Exception):
    """Salesforce said no: ``code`` is its stable ``errorCode``."""

    def __init__(self, status: int, code: str, message: str, wait: timedelta | None = None) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status, self.code, self.message, self.wait = status, code, message, wait


class SalesforceConnection:
    """One org."""

    def __init__(self, settings: SalesforceSettings, transport: httpx.BaseTransport | None = None) -> None:
        self._settings = settings
        self._http = CrmHttp(
            settings.url, settings.timeout_seconds, {"Accept": "application/json"}, transport
        )
        self._token: str | None = None
        self._one_renewal = threading.Lock()

    def select(self, fields: str, kind: str, condition: str) -> list[JSON]:
        """Return all records. The query stands in a body: it may name people, and URLs are logged.

        Every value in the condition is `quoted`.
        """
        soql = f"SELECT {fields} FROM {kind} WHERE {condition}"  # noqa: S608
        url = f"{_VERSION}/query?{urlencode({'q': soql})}"
        batch = {"batchRequests": [{"method": "GET", "url": url}]}
        answer = self._ask("POST", f"{_DATA}{_VERSION}/composite/batch", batch)
        with _as_documented():
            [answered] = answer["results"]
            status, page = int(answered["statusCode"]), answered["result"]
        if status != httpx.codes.OK:
            raise _refusal(status, page, None)
        records: list[JSON] = []
        for _ in range(_PAGES_MOST):
            with _as_documented():
                records += page["records"]
                next_url = None if page["done"] else page["nextRecordsUrl"]
            if next_url is None:
                return records
            page = self._ask("GET", _own(next_url))
        raise NeverPossible("crm_listing_endless", f"The CRM's list does not end after {_PAGES_MOST} pages")

    def create(self, kind: str, fields: JSON) -> str:
        answer = self._ask("POST", f"{_DATA}{_VERSION}/sobjects/{kind}", fields)
        with _as_documented():
            return str(answer["id"])

    def update(self, kind: str, record_id: str, fields: JSON) -> None:
        self._ask("PATCH", _record(kind, record_id), fields)

    def delete(self, kind: str, record_id: str) -> None:
        self._ask("DELETE", _record(kind, record_id))

    def _ask(self, method: str, path: str, body: JSON | None = None) -> JSON:
        """Send one request, and once more with a new token when the old one is no longer taken."""
        token = self._token or self._renewed(None)
        reply = self._send(method, path, body, token)
        if reply.status == httpx.codes.UNAUTHORIZED:
            reply = self._send(method, path, body, self._renewed(token))
        if not reply.is_success:
            raise _refusal(reply.status, reply.said(), reply.headers.get("Retry-After"))
        return reply.required()

    def _send(self, method: str, path: str, body: JSON | None, token: str) -> Reply:
        return self._http.send(method, path, json=body, headers={"Authorization": f"Bearer {token}"})

    def _renewed(self, old: str | None) -> str:
        with self._one_renewal:
            if self._token is None or self._token == old:
                form = {
                    "grant_type": "client_credentials",
                    "client_id": self._settings.client_id,
                    "client_secret": self._settings.client_secret,
                }
                reply = self._http.send("POST", "/services/oauth2/token", data=form)
                if reply.status in {400, 401, 403}:
                    said = reply.said()
                    code = said.get("error") if isinstance(said, dict) else reply.reason
                    message = redacted_cause(f"The CRM gives no access token: {code}")
                    raise NotNow("crm_access_denied", message, kind=Kind.DENIED)
                if not reply.is_success:
                    raise _refusal(reply.status, reply.said(), reply.headers.get("Retry-After"))
                with _as_documented():
                    self._token = str(reply.required()["access_token"])
            return self._token

    def close(self) -> None:
        self._http.close()


@contextmanager
def _as_documented() -> Iterator[None]:
    """Raise NotNow where an answer has another shape."""
    try:
        yield
    except (KeyError, TypeError, ValueError) as error:
        message = f"The CRM's answer is not what its API promises ({type(error).__name__})"
        raise NotNow("crm_ill", message) from error


def quoted(text: str) -> str:
    """A text in a query (SOQL's reserved characters are the quote and the backslash)."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\r", "\\r")
    return f"'{escaped}'"


def _sorted(refusal: SalesforceRefused) -> Failure:
    message = redacted_cause(f"The CRM answered {refusal.status} {refusal.code}: {refusal.message}")
    passing = _PASSES.get(refusal.code) or _PASSING_STATUS.get(refusal.status)
    if passing is None and refusal.status >= 500:
        passing = ("crm_ill", Kind.UNAVAILABLE)
    if passing is None:
        return NeverPossible("crm_refused", message)
    code, kind = passing
    wait = refusal.wait or (_DAILY_LIMIT if kind is Kind.QUOTA else None)
    return NotNow(code, message, wait, kind=kind)


salesforce_failures_sorted = partial(failures_sorted, (SalesforceRefused,), _sorted)


def _refusal(status: int, said: object, wait: object) -> SalesforceRefused:
    first = said[0] if isinstance(said, list) and said and isinstance(said[0], dict) else {}
    code, message = str(first.get("errorCode") or ""), str(first.get("message") or "no reason given")
    return SalesforceRefused(status, code, message, retry_after(wait))


def _record(kind: str, record_id: str) -> str:
    return f"{_DATA}{_VERSION}/sobjects/{kind}/{quote(record_id, safe='')}"


def _own(url: object) -> str:
    """The next page is a path of the same API, or nothing that we go to."""
    if not str(url).startswith(_DATA):
        raise NeverPossible("crm_refused", "The CRM's next page is somewhere else")
    return str(url)
