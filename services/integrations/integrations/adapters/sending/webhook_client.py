"""Requests to endpoints: to checked addresses only, no redirects, no proxy, nothing read beyond a little."""

import ssl
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from time import monotonic

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.resolver import AsyncResolver
from yarl import URL

from chassis import clock
from chassis.failures import storable
from integrations.adapters.allowed_addresses import AddressRefused, AllowedAddresses
from integrations.adapters.sending.checked_resolver import CheckedResolver
from integrations.adapters.sending.guarded_connections import GuardedConnector
from integrations.domain.deliveries import LONGEST_ANSWER, Answer

# Many a server closes after five seconds; who is a moment later meets a closed door.
KEEP_IDLE_SECONDS = 4.0
USER_AGENT = "Gangway-Webhooks/1"


class WebhookClient:
    """For one event loop; open it inside of it. Any number of requests at a time: who sends keeps count."""

    def __init__(
        self,
        addresses: AllowedAddresses,
        *,
        timeout_seconds: float,
        ca_file: Path | None = None,
        resolver: AbstractResolver | None = None,
    ) -> None:
        # An address as text is checked by every use: the resolver is asked for names only.
        self._target_of = lru_cache(maxsize=10_000)(lambda url: URL(addresses.checked_url(url), encoded=True))
        trusted = ssl.create_default_context()
        if ca_file is not None:
            trusted.load_verify_locations(ca_file)
        connector = GuardedConnector(
            limit=0,
            ssl=trusted,
            resolver=CheckedResolver(resolver or AsyncResolver(), addresses),
            keepalive_timeout=KEEP_IDLE_SECONDS,
        )
        self._session = aiohttp.ClientSession(
            connector=connector,
            timeout=aiohttp.ClientTimeout(total=timeout_seconds),
            cookie_jar=aiohttp.DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
            headers={"User-Agent": USER_AGENT, "Accept-Encoding": "identity"},
        )

    async def post(self, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Never raises for what the other side does; ends within the timeout."""
        started = monotonic()
        try:
            async with self._session.post(
                self._target_of(url), data=body, headers=headers, allow_redirects=False
            ) as response:
                text = await _beginning_of(response)
                return _answer(response, text, monotonic() - started)
        except Exception as error:
            outcome, text = _failure(error)
            return Answer(outcome=outcome, text=text, seconds=monotonic() - started)

    async def challenge(self, url: str, origin: str) -> str:
        """Whether the address wants events from there: ``ok`` or a stable code; never raises, as `post`."""
        headers = {"WebHook-Request-Origin": origin}
        try:
            async with self._session.options(
                self._target_of(url), headers=headers, allow_redirects=False
            ) as response:
                if not 200 <= response.status < 300:
                    return f"status_{response.status}"
                allowed = response.headers.get("WebHook-Allowed-Origin", "").strip().lower()
                return "ok" if allowed in {"*", origin.lower()} else "not_allowed"
        except Exception as error:
            return _failure(error)[0]

    async def close(self) -> None:
        await self._session.close()


async def _beginning_of(response: aiohttp.ClientResponse) -> str:
    """What we keep of an answer; of a longer one the rest is never read, and its connection is closed."""
    read = b""
    try:
        while len(read) <= LONGEST_ANSWER:
            part = await response.content.read(LONGEST_ANSWER + 1 - len(read))
            if not part:
                break
            read += part
        else:
            response.close()
    except (aiohttp.ClientError, TimeoutError):
        # The status came, and it counts.
        response.close()
    return read[:LONGEST_ANSWER].decode(errors="replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _answer(response: aiohttp.ClientResponse, text: str, seconds: float) -> Answer:
    status = response.status
    outcome = "ok" if 200 <= status < 300 else "redirected" if 300 <= status < 400 else "refused"
    return Answer(
        outcome=outcome,
        status=status,
        text=text,
        retry_after=None if outcome == "ok" else _retry_after(response.headers.get("Retry-After", "")),
        seconds=seconds,
    )


def _retry_after(text: str) -> timedelta | None:
    """Seconds or a date (RFC 9110, 10.2.3); None for everything else."""
    text = text.strip()
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return timedelta(seconds=int(text))
    at = clock.http_date(text)
    return None if at is None else max(at - clock.now(), timedelta())


# The first that fits counts: some of them are kinds of others.
_FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (AddressRefused, "address_not_allowed"),
    (TimeoutError, "timeout"),
    (aiohttp.ClientSSLError, "tls_failed"),
    (ssl.SSLError, "tls_failed"),
    (aiohttp.ClientConnectorDNSError, "name_not_resolved"),
    (aiohttp.ClientConnectorError, "connection_refused"),
    (aiohttp.ClientOSError, "connection_cut"),
    (aiohttp.ServerDisconnectedError, "connection_cut"),
    (aiohttp.ClientError, "answer_unreadable"),
)
# Of these the words tell its owner what to mend; others repeat what the code says.
_TOLD = frozenset({"address_not_allowed", "tls_failed", "answer_unreadable"})


def _failure(error: Exception) -> tuple[str, str]:
    """A stable code, and what can be told about it; raises what is a fault of ours."""
    for kind, code in _FAILURES:
        if isinstance(error, kind):
            return code, storable(str(error)[:200]) if code in _TOLD else ""
    raise error
