"""The public keys of an OpenID provider: fetched, kept, and fetched again when a token names another.

A fetch has a time limit and a bounded answer. Keys that are older than `FRESH_SECONDS` are fetched again by
whoever needs them next, so that a key that was taken back dies; while the issuer is away they are used up to
`USABLE_SECONDS`. Tokens with made-up key ids cause no more than `FETCHES_PER_MINUTE`.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
import structlog

from chassis.identity.signed_tokens import TokenInvalid

FRESH_SECONDS = 300.0
USABLE_SECONDS = 3_600.0
FETCHES_PER_MINUTE = 6
FETCH_SECONDS = 3.0
PAUSE_SECONDS = 2.0  # after a fetch that failed
LARGEST_ANSWER = 256 * 1024
MOST_KEYS = 64
KEY_KINDS = ("RSA", "EC", "OKP")

_DISCOVERY = "/.well-known/openid-configuration"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_log = structlog.stdlib.get_logger(__name__)


class IssuerUnavailable(Exception):
    """The issuer's keys cannot be had now; the message says why."""


@dataclass(frozen=True)
class IssuerKey:
    """A public key; ``algorithm`` is the only one that it is for, None where the issuer does not say."""

    public: Any
    algorithm: str | None


@dataclass(frozen=True)
class _Kept:
    keys: Mapping[str | None, IssuerKey]
    fetched_at: float


def is_protected(url: str) -> bool:
    """Whether nobody on the way can answer in the issuer's place."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)


class IssuerKeys:
    """Keys by their ids; may be used by many threads. Opens no connection before the first token."""

    def __init__(self, issuer: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._issuer = issuer
        self._clock = clock
        self._kept: _Kept | None = None
        self._lock = threading.Lock()
        self._tries = 0
        self._fetches: deque[float] = deque(maxlen=FETCHES_PER_MINUTE)
        self._failure = ""
        self._failed_at = float("-inf")

    def key(self, key_id: str | None) -> IssuerKey:
        """The key of a token. Blocks for `FETCH_SECONDS`, or twice that behind another thread.

        Raises TokenInvalid for a key that the issuer does not have, and IssuerUnavailable.
        """
        tries, age = self._tries, self._age()
        is_known = self._kept is not None and key_id in self._kept.keys
        is_wanted = not is_known or age >= FRESH_SECONDS
        # Who finds a known key stale goes on with it while another thread fetches.
        if is_wanted and self._lock.acquire(blocking=not is_known or age >= USABLE_SECONDS):
            try:
                if self._tries == tries and self._may_fetch():
                    self._fetch_again()
            finally:
                self._lock.release()
        kept = self._kept
        if kept is None or self._age() >= USABLE_SECONDS:
            raise IssuerUnavailable(self._failure)
        if key_id not in kept.keys:
            raise TokenInvalid("The token was signed by no key of the issuer.")
        return kept.keys[key_id]

    def _may_fetch(self) -> bool:
        now = self._clock()
        if now - self._failed_at < PAUSE_SECONDS:
            return False
        is_full = len(self._fetches) == FETCHES_PER_MINUTE
        return self._age() >= FRESH_SECONDS or not is_full or now - self._fetches[0] >= 60

    def _fetch_again(self) -> None:
        self._fetches.append(self._clock())
        try:
            self._kept = _Kept(self._fetch(), self._clock())
        except IssuerUnavailable as error:
            self._failure, self._failed_at = str(error), self._clock()
            _log.warning("the issuer's keys could not be fetched", issuer=self._issuer, cause=self._failure)
        self._tries += 1

    def _fetch(self) -> dict[str | None, IssuerKey]:
        try:
            with httpx.Client(timeout=FETCH_SECONDS, follow_redirects=False) as client:
                deadline = time.monotonic() + FETCH_SECONDS
                about = _answer(client, f"{self._issuer.rstrip('/')}{_DISCOVERY}", deadline)
                if about.get("issuer") != self._issuer:
                    raise IssuerUnavailable("The discovery document is that of another issuer.")
                where = about.get("jwks_uri")
                if not isinstance(where, str) or not is_protected(where):
                    raise IssuerUnavailable("The discovery document names no protected place of the keys.")
                return _usable(_answer(client, where, deadline))
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise IssuerUnavailable(f"The issuer cannot be reached: {type(error).__name__}.") from error

    def _age(self) -> float:
        return float("inf") if self._kept is None else self._clock() - self._kept.fetched_at


def _answer(client: httpx.Client, url: str, deadline: float) -> dict[str, Any]:
    with client.stream("GET", url, headers={"Accept": "application/json"}) as response:
        if response.status_code != 200:
            raise IssuerUnavailable(f"The issuer answered {response.status_code}.")
        content = bytearray()
        for part in response.iter_bytes():
            content += part
            if len(content) > LARGEST_ANSWER:
                raise IssuerUnavailable("The issuer's answer is too large.")
            if time.monotonic() > deadline:
                raise IssuerUnavailable("The issuer answers too slowly.")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise IssuerUnavailable("The issuer's answer is no JSON object.")
    return found


def _usable(answer: Mapping[str, Any]) -> dict[str | None, IssuerKey]:
    """The public keys for signatures by id; under None the only one, for tokens that name none."""
    entries = answer.get("keys")
    if not isinstance(entries, list):
        raise IssuerUnavailable("The issuer's answer is no set of keys.")
    found: dict[str | None, IssuerKey] = {}
    for entry in entries[:MOST_KEYS]:
        if not isinstance(entry, dict) or entry.get("kty") not in KEY_KINDS:
            continue
        if entry.get("use", "sig") != "sig" or "d" in entry:
            continue
        try:
            key = jwt.PyJWK(entry)
        except (jwt.PyJWTError, ValueError, TypeError, KeyError):
            continue  # of a kind that we do not know: others are
        found.setdefault(key.key_id, IssuerKey(key.key, entry.get("alg")))
    if not found:
        raise IssuerUnavailable("The issuer has no key that can be used.")
    if len(found) == 1:
        found[None] = next(iter(found.values()))
    else:
        found.pop(None, None)
    return found
