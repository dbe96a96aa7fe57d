"""What is counted and timed; served at ``/metrics`` on the health port only.

The web process has several workers: `share_between_workers` is called before gunicorn starts, and
prometheus-client then keeps the figures in files that all of them read.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Histogram,
    generate_latest,
    values,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

CONTENT_TYPE = CONTENT_TYPE_LATEST
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_PREFIX = "gangway-figures-"
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

_requests = Histogram(
    "http_server_request_duration_seconds",
    "Time to answer a request",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def record_request(method: str, route: str, status: int, seconds: float) -> None:
    """Note one answered request; unknown methods share one label."""
    known = method if method in _METHODS else "other"
    _requests.labels(known, route, str(status)).observe(seconds)


class _Dependencies(Collector):
    """Which of this process's dependencies answer."""

    def __init__(self, is_up: Mapping[str, bool]) -> None:
        self._is_up = is_up

    def collect(self) -> Iterator[GaugeMetricFamily]:
        gauge = GaugeMetricFamily(
            "gangway_dependency_up", "1 while the dependency answers this process", labels=["dependency"]
        )
        for name, is_up in self._is_up.items():
            gauge.add_metric([name], is_up)
        yield gauge


def exposition(is_up: Mapping[str, bool]) -> bytes:
    """All figures in the text format, of all workers where there are several; which dependencies answer."""
    registry = CollectorRegistry()
    registry.register(_Dependencies(is_up))
    if os.environ.get(_FOLDER):
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
        return generate_latest(registry)
    return generate_latest(REGISTRY) + generate_latest(registry)


def share_between_workers() -> str:
    """Choose an empty folder for the workers' figures; call before the fork and before the first figure.

    Folders of processes that were killed are removed.
    prometheus-client decides when it is imported, which was earlier; so it is told again.
    """
    for left in Path(tempfile.gettempdir()).glob(f"{_PREFIX}*"):
        _remove_if_left(left)
    folder = _folder_of_ours()
    os.environ[_FOLDER] = folder
    values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]
    return folder


def forget_shared_figures() -> None:
    """Remove the folder that `share_between_workers` made, at the very end."""
    folder = Path(os.environ.get(_FOLDER, ""))
    if folder.name.startswith(_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)


def _folder_of_ours() -> str:
    """A new folder, locked until the last of the processes that inherit the lock has ended."""
    while True:
        folder = tempfile.mkdtemp(prefix=_PREFIX)
        lock = os.open(folder, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if Path(folder).exists():  # else another process took it for one that was left
            return folder
        os.close(lock)


def _remove_if_left(folder: Path) -> None:
    """Remove a folder that no process has locked; one of another user stays."""
    with suppress(OSError):
        lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        finally:
            os.close(lock)
