"""Things that all partners share (units, policies, permission sets) and that the first grant makes."""

import threading
from collections.abc import Callable
from typing import TypeVar

from chassis.failures import Kind, NotNow
from provisioning.adapters.aws.failures import tolerated

T = TypeVar("T")
_one_maker_at_a_time = threading.Lock()


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
