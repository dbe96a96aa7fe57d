"""Requests that do not end, which anybody can send: genuine events have to be taken all the same."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event, Semaphore

import httpx

from consumer_kit.cases.case import Case
from consumer_kit.cases.genuine import approved
from consumer_kit.trial import Trial

MANY = 20
_PROMISED_BYTES = 1_000


class _CutOff(Exception):
    """Ends a request within its body."""


def _cut_off(trial: Trial) -> None:
    for _ in range(MANY):
        _begin(trial, lambda: None)
    _takes_another(trial, f"after {MANY} requests that were cut off")


def _stalled(trial: Trial) -> None:
    begun, over = Semaphore(0), Event()

    def stall() -> None:
        begun.release()
        over.wait()

    with ThreadPoolExecutor(MANY) as pool:
        try:
            for _ in range(MANY):
                # Also one that could not begin is waited for no more.
                pool.submit(_begin, trial, stall).add_done_callback(lambda _: begun.release())
            for _ in range(MANY):
                begun.acquire()
            _takes_another(trial, f"beside {MANY} requests whose bodies do not come")
        finally:
            over.set()


def _begin(trial: Trial, then: Callable[[], None]) -> None:
    """Send a part of what the head promises, do ``then``, and hang up."""
    headers = {"content-type": "application/cloudevents+json", "content-length": str(_PROMISED_BYTES)}
    with suppress(_CutOff, httpx.HTTPError):
        trial.client.post(trial.receiver.url, content=_beginning(then), headers=headers)


def _beginning(then: Callable[[], None]) -> Iterator[bytes]:
    yield b"{"
    then()
    raise _CutOff


def _takes_another(trial: Trial, what: str) -> None:
    event = approved()
    if trial.takes(event, what):
        trial.has_effects(event, 1, what)


INTERRUPTED: tuple[Case, ...] = (
    Case(
        "cut-off",
        "A genuine event after requests that were cut off within their bodies",
        "Networks fail, and anybody may hang up: what your server raises then must not end its process.",
        _cut_off,
    ),
    Case(
        "stalled",
        "A genuine event beside requests whose bodies do not come",
        "A server that handles one request at a time is stopped by one connection that sends nothing: "
        "use several workers, and a time limit for reading.",
        _stalled,
    ),
)
