"""The public keys of an OpenID provider: fetched, cached, and fetched again for an unknown key id.

A fetch has a deadline for the whole of it, and a bounded answer. Keys older than `FRESH_SECONDS` are
fetched again at their next use, so that a withdrawn key stops working; while the issuer is unavailable they
are used up to `USABLE_SECONDS`. Tokens with made-up key ids cause no more than `FETCHES_PER_MINUTE`.
"""

import contextlib
import json
import socket
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any
from urllib.parse import urlsplit

import httpx
import jwt
import structlog
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

from chassis.identity.signed_tokens import TokenInvalid

FRESH_SECONDS = 300.0
USABLE_SECONDS = 3_600.0
FETCHES_PER_MINUTE = 6
FETCH_SECONDS = 3.0
PAUSE_SECONDS = 2.0  # after a fetch that failed
LARGEST_ANSWER = 256 * 1024
MOST_KEYS = 64
KEY_KINDS = ("RSA", "EC", "OKP")
SMALLEST_RSA_KEY = 2_048  # RFC 7518, 3.3

_DISCOVERY = "/.well-known/openid-configuration"
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_log = structlog.stdlib.get_logger(__name__)


class IssuerUnavailable(Exception):
    """The issuer's keys are not available now; the message says why."""


@dataclass(frozen=True)
class IssuerKey:
    """A public key; ``algorithm`` is the only one it may be used with, None if the issuer does not say."""

    public: Any
    algorithm: str | None


@dataclass(frozen=True)
class _Kept:
    keys: Mapping[str | None, IssuerKey]
    fetched_at: float


def is_protected(url: str) -> bool:
    """Whether the connection to the issuer is safe: https, or the loopback interface."""
    try:
        parts = urlsplit(url)
    except ValueError:  # [ without ]
        return False
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
        # A known but stale key is used while another thread fetches.
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
            with httpx.Client(timeout=FETCH_SECONDS, follow_redirects=False) as client, _deadline(client):
                about = _answer(client, f"{self._issuer.rstrip('/')}{_DISCOVERY}")
                if about.get("issuer") != self._issuer:
                    raise IssuerUnavailable("The discovery document is that of another issuer.")
                where = about.get("jwks_uri")
                if not isinstance(where, str) or not is_protected(where):
                    raise IssuerUnavailable("The discovery document names no protected place of the keys.")
                return _usable(_answer(client, where))
        # ValueError: httpx takes addresses with host names that none can be.
        except (httpx.HTTPError, httpx.InvalidURL, ValueError) as error:
            raise IssuerUnavailable(f"The issuer cannot be reached: {type(error).__name__}.") from error

    def _age(self) -> float:
        return float("inf") if self._kept is None else self._clock() - self._kept.fetched_at


@contextlib.contextmanager
def _deadline(client: httpx.Client) -> Iterator[None]:
    """Close the client's connection after `FETCH_SECONDS`: its own timeout restarts with every byte.

    Raises IssuerUnavailable for what was cut off.
    """
    opened: list[socket.socket] = []
    is_over = threading.Event()

    def notice(event: str, told: Mapping[str, Any]) -> None:
        if event.endswith(("connect_tcp.complete", "start_tls.complete")):
            opened.append(told["return_value"].get_extra_info("socket"))

    def cut() -> None:
        is_over.set()
        for one in opened:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    client.event_hooks = {"request": [lambda request: request.extensions.update(trace=notice)]}
    timer = threading.Timer(FETCH_SECONDS, cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    except httpx.HTTPError as error:
        if is_over.is_set():
            raise IssuerUnavailable("The issuer answers too slowly.") from error
        raise
    finally:
        timer.cancel()


def _answer(client: httpx.Client, url: str) -> dict[str, Any]:
    # Compressed content may be a thousand times larger than what was received.
    wanted = {"Accept": "application/json", "Accept-Encoding": "identity"}
    with client.stream("GET", url, headers=wanted) as response:
        if response.status_code != 200:
            raise IssuerUnavailable(f"The issuer answered {response.status_code}.")
        content = bytearray()
        for part in response.iter_raw():
            content += part
            if len(content) > LARGEST_ANSWER:
                raise IssuerUnavailable("The issuer's answer is too large.")
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise IssuerUnavailable("The issuer's answer is no JSON object.")
    return found


def _usable(answer: Mapping[str, Any]) -> dict[str | None, IssuerKey]:
    """The public keys for signatures by id; under None the only one, for tokens without a key id."""
    entries = answer.get("keys")
    if not isinstance(entries, list):
        raise IssuerUnavailable("The issuer's answer is no set of keys.")
    found: dict[str | None, IssuerKey] = {}
    for entry in entries[:MOST_KEYS]:
        if not isinstance(entry, dict) or entry.get("kty") not in KEY_KINDS:
            continue
        if entry.get("use", "sig") != "sig" or "d" in entry:
            continue
        key_id, algorithm = entry.get("kid"), entry.get("alg")
        if not all(isinstance(name, (str, NoneType)) for name in (key_id, algorithm)):
            continue
        try:
            key = jwt.PyJWK(entry).key
        except (jwt.PyJWTError, ValueError, TypeError, KeyError, NotImplementedError, UnsupportedAlgorithm):
            continue  # of an unknown kind: others may be usable
        if isinstance(key, RSAPublicKey) and key.key_size < SMALLEST_RSA_KEY:
            continue
        found.setdefault(key_id, IssuerKey(key, algorithm))
    if not found:
        raise IssuerUnavailable("The issuer has no key that can be used.")
    if len(found) == 1:
        found[None] = next(iter(found.values()))
    else:
        found.pop(None, None)
    return found
