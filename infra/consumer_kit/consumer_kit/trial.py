"""One receiver on trial: what is sent to it, what it answers, and what is held against it."""

import ssl
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import httpx

from consumer_kit.sample_events import SampleEvent
from consumer_kit.webhooks import BodyKind, Secret, Webhook, webhook_of

TIMEOUT_SECONDS = 15.0
NO_PROBE = "how often it took effect (give --probe to see it)"
UNREACHABLE = "nothing listens there"
# A receiver may answer first and act then.
_PATIENCE_SECONDS = 2.0


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """Where it is, the secret that it was given, and how it wants events.

    ``probe`` is an address of the receiver's test environment that answers GET with ``?id=`` (a `webhook-id`)
    and ``?partner=``: ``{"effects": 1, "sequence": 3}``, how often that event took effect, and the highest
    sequence that its data of the partner is from. Either may be left out.
    """

    url: str
    secret: Secret
    body: BodyKind = BodyKind.STRUCTURED
    probe: str | None = None


@dataclass
class Trial:
    """Sends, and notes what was ``wrong`` and what was ``unseen``: cannot be told from outside."""

    receiver: Receiver
    client: httpx.Client
    wrong: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)

    def of(self, event: SampleEvent, **changes: Any) -> Webhook:
        """The request as the receiver's endpoint would get it; ``changes`` are words of `webhook_of`."""
        return webhook_of(event, self.receiver.body, [self.receiver.secret], **changes)

    def takes(self, event: SampleEvent, what: str, webhook: Webhook | None = None) -> bool:
        """Send it and return whether it was taken; anything but 2xx is wrong."""
        answer = self.send(webhook or self.of(event))
        if not is_taken(answer):
            self.wrong.append(f"{what}: {told(answer)}")
        return is_taken(answer)

    def refuses(self, event: SampleEvent, what: str, webhook: Webhook) -> None:
        """Send it; only a 4xx is right, and no effect may be seen."""
        answer = self.send(webhook)
        if not isinstance(answer, int) or not 400 <= answer < 500:
            self.wrong.append(f"{what}: {told(answer)}")
        self.has_effects(event, 0, what)

    def has_effects(self, event: SampleEvent, wanted: int, what: str) -> None:
        """Ask the probe how often the event took effect."""
        found, until = self._probed(event, "effects"), time.monotonic() + _PATIENCE_SECONDS
        while found is not None and found < wanted and time.monotonic() < until:
            time.sleep(0.05)
            found = self._probed(event, "effects")
        if found is None:
            if NO_PROBE not in self.unseen:
                self.unseen.append(NO_PROBE)
        elif found != wanted:
            self.wrong.append(f"{what}: took effect {found} times, {wanted} would be right")

    def stands_at(self, event: SampleEvent, wanted: int, what: str) -> None:
        """Ask the probe from which event its data of the partner is."""
        found = self._probed(event, "sequence")
        if found is None:
            self.unseen.append("which event won (give --probe to see it)")
        elif found != wanted:
            self.wrong.append(f"{what}: shows what event {found} said, {wanted} is the newest")

    def send(self, webhook: Webhook) -> int | str:
        """The status, or in words why there is none."""
        try:
            answer = _twice_if_cut(
                lambda: self.client.post(
                    self.receiver.url, content=webhook.body, headers=_as_bytes(webhook.headers)
                )
            )
        except httpx.ConnectError as error:
            return f"{UNREACHABLE}: {error}"
        except httpx.TimeoutException:
            return f"no answer within {TIMEOUT_SECONDS:g} s"
        except httpx.HTTPError as error:
            return f"no answer: {str(error) or type(error).__name__}"
        return answer.status_code

    def ask(self, origin: str) -> tuple[int, str] | str:
        """Ask whether it wants events: status and ``WebHook-Allowed-Origin``, or why there is none."""
        try:
            answer = self.client.options(self.receiver.url, headers={"WebHook-Request-Origin": origin})
        except httpx.HTTPError as error:
            return f"no answer: {str(error) or type(error).__name__}"
        return answer.status_code, answer.headers.get("WebHook-Allowed-Origin", "").strip()

    def _probed(self, event: SampleEvent, name: str) -> int | None:
        probe = self.receiver.probe
        if probe is None:
            return None
        try:
            asked = {"id": event.id, "partner": event.subject}
            answer = _twice_if_cut(lambda: self.client.get(probe, params=asked))
            found = answer.raise_for_status().json().get(name)
        except (httpx.HTTPError, ValueError, AttributeError) as error:
            self.wrong.append(f"the probe gives no usable answer: {error}")
            return None
        return found if isinstance(found, int) else None


def _twice_if_cut(send: Callable[[], httpx.Response]) -> httpx.Response:
    """A server may close a connection just as it is used again, which is nothing to be held against it."""
    try:
        return send()
    except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError):
        return send()


@contextmanager
def on_trial(receiver: Receiver) -> Iterator[Trial]:
    """Open the connections; redirects are not followed, as Gangway follows none."""
    with httpx.Client(verify=_trust(), timeout=TIMEOUT_SECONDS, follow_redirects=False) as client:
        yield Trial(receiver, client)


def anew(trial: Trial) -> Trial:
    """The same receiver, with nothing held against it yet."""
    return replace(trial, wrong=[], unseen=[])


@cache
def _trust() -> ssl.SSLContext:
    """Reading all authorities takes longer than most cases."""
    return httpx.create_ssl_context()


def _as_bytes(headers: Any) -> Sequence[tuple[bytes, bytes]]:
    return [
        (name.encode(), value if isinstance(value, bytes) else value.encode())
        for name, value in headers.items()
    ]


def is_taken(answer: int | str) -> bool:
    """Whether what `Trial.send` returns is a 2xx."""
    return isinstance(answer, int) and 200 <= answer < 300


def told(answer: int | str) -> str:
    """What `Trial.send` returns, in words."""
    if isinstance(answer, str):
        return answer
    if 300 <= answer < 400:
        return f"answered {answer}; redirects are not followed"
    return f"answered {answer}"
