"""Things that all partners share (units, policies, permission sets) and that the first grant makes."""

import threading
from collections.abc import Callable, Hashable
from time import monotonic
from typing import Any, TypeVar, cast

from chassis.failures import Kind, NotNow
from provisioning.adapters.aws.failures import tolerated

T = TypeVar("T")
_one_maker_at_a_time = threading.Lock()
KEPT_SECONDS = 10.0


class SharedThings:
    """What was found of them, kept for a moment: partners who come one after the other need the same.

    Others may change these things at any time. So whoever looks for differences, or fails, has all of it
    forgotten, and then AWS is asked anew.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[float, Any]] = {}

    def kept(self, key: Hashable, find: Callable[[], T]) -> T:
        """Return what ``find`` found a moment ago, or finds now."""
        kept = self._kept  # what is found is of no use to those who come after somebody had it forgotten
        good_until, found = kept.get(key, (0.0, None))
        if monotonic() < good_until:
            return cast("T", found)
        found = find()
        kept[key] = monotonic() + KEPT_SECONDS, found
        return found

    def forget(self) -> None:
        self._kept = {}


def find_or_make(find: Callable[[], T | None], make: Callable[[], object], taken: str) -> T:
    """Return what ``find`` finds, after ``make`` if need be.

    Two processes may both make it: AWS refuses the second with the error ``taken``, and it finds the
    first one's. ``find`` must prefer the same one when there are two, which only an imitation of AWS
    allows; within one process the lock keeps it from that. Raises NotNow when AWS does not show it yet.
    """
    found = find()
    if found is not None:
        return found
    with _one_maker_at_a_time:
        found = find()
        if found is not None:
            return found
        with tolerated(taken):
            make()
        found = find()
    if found is None:
        message = "AWS does not show yet what was just made"
        raise NotNow("not_visible_yet", message, kind=Kind.EVENTUAL_CONSISTENCY)
    return found
