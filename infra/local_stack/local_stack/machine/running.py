"""Whether a process runs: one that has ended does not, even while nobody has asked for its exit code."""

import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import psutil

_ENDED = (psutil.STATUS_ZOMBIE, psutil.STATUS_DEAD)
_POLL_SECONDS = 0.05


def boot_id() -> str:
    """Tells this run of the machine from others, where the system gives it a name."""
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    return ""


def started_at(process: psutil.Process) -> float:
    """When it began, alike before and after the clock is set: on Linux in seconds since the boot.

    The kernel counts from there, and psutil adds what it takes for the time of the boot by the present clock.
    """
    return process.create_time() - (psutil.boot_time() if psutil.LINUX else 0.0)


def is_running(process: psutil.Process) -> bool:
    """Tell whether it does anything; False too when its number was given to another."""
    try:
        return process.is_running() and process.status() not in _ENDED
    except psutil.NoSuchProcess:
        return False


def await_end(processes: Iterable[psutil.Process], timeout_seconds: float) -> list[psutil.Process]:
    """Wait until all have ended, or the time is over; return those that still run."""
    deadline = time.monotonic() + timeout_seconds
    running = list(processes)
    while (running := [process for process in running if is_running(process)]) and (
        time.monotonic() < deadline
    ):
        time.sleep(_POLL_SECONDS)
    return running
