"""The number of connections of each worker of a web process, in memory that all of them share.

The kernel wakes every listening worker, and one that is awake already wins: of 24 connections that stay
open, as a proxy keeps them, 20 and more went to one of two workers, and its interpreter did all the work.
"""

import mmap

# Slots are assigned by the age that gunicorn's master counts; there are never this many workers at a time.
SLOTS = 64
_NOBODY = -1


class WorkerLoads:
    """Created in gunicorn's master, before it forks."""

    def __init__(self) -> None:
        self._counts = memoryview(mmap.mmap(-1, SLOTS * 4)).cast("i")
        for slot in range(SLOTS):
            self._counts[slot] = _NOBODY

    def note(self, age: int, connections: int) -> None:
        self._counts[age % SLOTS] = connections

    def forget(self, age: int) -> None:
        """Call it when the worker has ended."""
        self._counts[age % SLOTS] = _NOBODY

    def is_another_freer(self, connections: int) -> bool:
        """Whether another worker has at least two connections fewer, so that one more makes no difference."""
        return any(_NOBODY < count < connections - 1 for count in self._counts)


LOADS = WorkerLoads()
