"""What a process and its children hold and use."""

from contextlib import suppress

import psutil


def memory_mib(pid: int) -> float:
    """The memory of a process tree in MiB; pages that several processes share are divided among them."""
    return sum(_own_share(process) for process in _tree(pid)) / 2**20


def cpu_seconds(pid: int) -> float:
    """The processor time of a process tree until now, user and system, with children that have ended."""
    total = 0.0
    with suppress(psutil.Error):
        ended = psutil.Process(pid).cpu_times()
        total += getattr(ended, "children_user", 0.0) + getattr(ended, "children_system", 0.0)
    for process in _tree(pid):
        with suppress(psutil.Error):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def _tree(pid: int) -> list[psutil.Process]:
    with suppress(psutil.Error):
        process = psutil.Process(pid)
        return [process, *process.children(recursive=True)]
    return []


def _own_share(process: psutil.Process) -> int:
    with suppress(psutil.Error):
        try:
            return int(process.memory_full_info().pss)
        except (psutil.AccessDenied, AttributeError):  # other users' processes, other systems
            return int(process.memory_info().rss)
    return 0
