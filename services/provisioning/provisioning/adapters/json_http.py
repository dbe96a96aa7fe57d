"""JSON over HTTP to an outside system that somebody else runs: bounded, checked, and never led elsewhere."""

import json
from base64 import b64encode
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from chassis import failpoints
from chassis.failures import Failure, Kind, NeverPossible, NotNow
from chassis.frozen import Frozen
from chassis.settings.reader import read_secret_file
from provisioning.adapters.http_failures import failure_of
from provisioning.adapters.outside_json import outside_json

LARGEST_ANSWER = 1024 * 1024


class NoAnswer(NotNow):
    """Nothing that can be read came back; ``may_be_done`` unless the request cannot have arrived."""

    def __init__(self, code: str, message: str, *, may_be_done: bool) -> None:
        super().__init__(code, message)
        self.may_be_done = may_be_done


class ApiSecret(Frozen):
    """What opens the API: a header made from a file that may be changed at any time.

    With ``user`` it is the password of HTTP's basic authentication.
    """

    file: Path
    header: str = "Authorization"
    scheme: str = "Bearer"
    user: str | None = None

    def read(self) -> str:
        """Raises ValueError saying why there is none."""
        return read_secret_file(self.file)

    def headers(self, secret: str) -> dict[str, str]:
        if self.user is not None:
            return {"Authorization": f"Basic {b64encode(f'{self.user}:{secret}'.encode()).decode()}"}
        return {self.header: f"{self.scheme} {secret}".strip()}


@dataclass(frozen=True)
class ApiAnswer:
    """``body`` is the JSON, or the text where it is none. Names of ``headers`` are in small letters."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: Any
    failure: Callable[[], Failure]

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    def address(self, given: str) -> str:
        """Return an address that the answer gave, which may be relative to what was asked."""
        return urljoin(self.url, given)

    def checked(self) -> "ApiAnswer":
        """Raises the failure that it tells of, NotNow or NeverPossible."""
        if not self.is_success:
            raise self.failure()
        return self


class JsonHttp:
    """One system's API. Threads may share it.

    ``system`` begins the codes and sentences of failures. ``seconds`` are for the whole of one answer.
    Addresses that the system gives are followed at ``hosts`` (their URLs) beside its own, and nowhere else.
    """

    def __init__(
        self,
        system: str,
        base_url: str,
        secret: ApiSecret | None,
        seconds: float = 15,
        hosts: Collection[str] = (),
    ) -> None:
        self._system = system
        self._base_url = base_url.rstrip("/") + "/"
        self._secret = secret
        self._seconds = seconds
        self._hosts = {_authority(url) for url in (self._base_url, *hosts)}
        self._http = httpx.Client(follow_redirects=False)
        self._http.cookies.jar.set_policy(DefaultCookiePolicy(allowed_domains=[]))

    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> ApiAnswer:
        """Send one request, once. ``path`` is below the base address, or an address that the system gave.

        Raises NotNow where no answer can be read, NeverPossible for an address on another host.
        """
        url = self._url(path)
        secret = self._read_secret()
        opened = self._secret.headers(secret) if self._secret else {}
        content = None if body is None else json.dumps(body).encode()
        said = {"Accept": "application/json", **({"Content-Type": "application/json"} if content else {})}
        try:
            answer = self._whole(method, url, content, {**said, **(headers or {}), **opened})
            failpoints.reach("outside.after_call")
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise self._no_answer(error, may_be_done=False) from error
        except (httpx.TransportError, httpx.DecodingError) as error:
            raise self._no_answer(error, may_be_done=True) from error
        secrets = [secret, *opened.values()] if secret else []
        try:
            body = outside_json(answer.content)
        except (ValueError, RecursionError) as error:
            if method == "GET" and answer.is_success and answer.content.strip():
                # A page of somebody in between would look like a thing that is there, or is not.
                raise self._no_answer(error, may_be_done=False) from error
            body = answer.text[:1000]
        return _answer(self._system, answer, body, secrets)

    def _no_answer(self, error: Exception, *, may_be_done: bool) -> NoAnswer:
        end = "; it may have done what was asked" if may_be_done else ""
        message = f"{self._system} gave no answer that can be read ({type(error).__name__}){end}."
        return NoAnswer(f"{self._system}_unreachable", message, may_be_done=may_be_done)

    def _url(self, path: str) -> str:
        is_address = path.startswith(("http://", "https://"))
        url = path if is_address else self._base_url + path.lstrip("/")
        if _authority(url) not in self._hosts:
            message = f"{self._system} points to {_authority(url)}, which is none of its allowed hosts."
            raise NeverPossible(f"{self._system}_foreign_host", message)
        return url

    def _read_secret(self) -> str:
        try:
            return self._secret.read() if self._secret else ""
        except ValueError as error:
            raise NotNow(f"{self._system}_no_secret", f"{error}.", kind=Kind.DENIED) from error

    def _whole(
        self, method: str, url: str, content: bytes | None, headers: Mapping[str, str]
    ) -> httpx.Response:
        """Within our patience and `LARGEST_ANSWER`; httpx alone has patience for each piece anew."""
        ends_at, body = monotonic() + self._seconds, bytearray()
        with self._http.stream(
            method, url, content=content, headers=headers, timeout=self._seconds
        ) as answer:
            for piece in answer.iter_bytes():
                body += piece
                if monotonic() > ends_at:
                    raise httpx.ReadTimeout("too slow", request=answer.request)
                if len(body) > LARGEST_ANSWER:
                    raise httpx.DecodingError("too large", request=answer.request)
            kept = {name: value for name, value in answer.headers.items() if name in _KEPT_HEADERS}
            return httpx.Response(
                answer.status_code, headers=kept, content=bytes(body), request=answer.request
            )


_KEPT_HEADERS = {"content-type", "location", "retry-after"}


def _authority(url: str) -> str:
    """Scheme, host and port: where a secret may go."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


def _answer(system: str, answer: httpx.Response, body: Any, secrets: list[str]) -> ApiAnswer:
    headers = dict(answer.headers)

    def failure() -> Failure:
        return failure_of(system, answer.status_code, headers, body, secrets)

    return ApiAnswer(str(answer.request.url), answer.status_code, headers, body, failure)
