"""Waiting for what must become true, with an end; nothing is concluded from how long it took."""

import time
from collections.abc import Callable
from typing import TypeVar

Answer = TypeVar("Answer")

PATIENCE_SECONDS = 120.0
POLL_SECONDS = 0.2


def wait_for(what: str, ask: Callable[[], Answer], is_enough: Callable[[Answer], object] = bool) -> Answer:
    """Ask until the answer is enough and return it; AssertionError with the last answer at the end."""
    give_up_at = time.monotonic() + PATIENCE_SECONDS
    while not is_enough(answer := ask()):
        if time.monotonic() > give_up_at:
            raise AssertionError(f"{what}: not within {PATIENCE_SECONDS:.0f} s, it is still {answer!r}")
        time.sleep(POLL_SECONDS)
    return answer
