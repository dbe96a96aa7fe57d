"""Resources that all partners share (units, policies, permission sets), created for the first grant."""

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
    """A short-lived cache of shared resources: partners provisioned in a row need the same ones.

    Others may change these resources at any time. So a check for differences, and any failure, clears the
    cache, and AWS is asked again.
    """

    def __init__(self) -> None:
        self._kept: dict[Hashable, tuple[float, Any]] = {}

    def kept(self, key: Hashable, find: Callable[[], T]) -> T:
        """Return what ``find`` found a moment ago, or finds now."""
        kept = self._kept  # what was found before the cache was cleared must not be stored in it
        good_until, found = kept.get(key, (0.0, None))
        if monotonic() < good_until:
            return cast("T", found)
        found = find()
        kept[key] = monotonic() + KEPT_SECONDS, found
        return found

    def forget(self) -> None:
        self._kept = {}


def find_or_make(find: Callable[[], T | None], make: Callable[[], object], taken: str) -> T:
    """Return what ``find`` finds, after ``make`` if necessary.

    Two processes may both create it: AWS refuses the second one with the error ``taken``, and it then finds
    the first one's. If there are two, which only a simulated AWS allows, ``find`` must always prefer the same
    one; within one process the lock prevents it. Raises NotNow if AWS does not show it yet.
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
