"""Partners who come at a steady rate, whatever becomes of those before them."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Item = TypeVar("Item")
Found = TypeVar("Found")


def at_steady_rate(
    items: Sequence[Item], per_second: float, live: Callable[[Item, float], Found]
) -> list[Found]:
    """Call ``live`` with each item and the time at which it was due, each in a thread of its own.

    Blocks until all are done. A late start counts for whoever starts late: the clock runs since it was due.
    """
    start = time.monotonic()
    with ThreadPoolExecutor(max_workers=len(items)) as threads:
        running = []
        for place, item in enumerate(items):
            due = start + place / per_second
            time.sleep(max(0.0, due - time.monotonic()))
            running.append(threads.submit(live, item, due))
        return [one.result() for one in running]
