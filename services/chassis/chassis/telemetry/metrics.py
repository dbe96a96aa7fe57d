"""What is counted and timed; served at ``/metrics`` on the health port only.

The web process has several workers: `share_between_workers` is called before gunicorn starts, and
prometheus-client then keeps the figures in files that all of them read.
"""

import os
import shutil
import tempfile
from pathlib import Path

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    REGISTRY,
    CollectorRegistry,
    Histogram,
    generate_latest,
    values,
)
from prometheus_client.multiprocess import MultiProcessCollector

CONTENT_TYPE = CONTENT_TYPE_LATEST
_FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_PREFIX = "gangway-metrics-"
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


def exposition() -> bytes:
    """All figures in the text format, of all workers where there are several."""
    if not os.environ.get(_FOLDER):
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


def share_between_workers() -> str:
    """Choose an empty folder for the workers' figures; call before the fork and before the first figure.

    prometheus-client decides when it is imported, which was earlier; so it is told again.
    """
    folder = tempfile.mkdtemp(prefix=_PREFIX)
    os.environ[_FOLDER] = folder
    values.ValueClass = values.MultiProcessValue()  # type: ignore[no-untyped-call]
    return folder


def forget_shared_figures() -> None:
    """Remove the folder that `share_between_workers` made, at the very end."""
    folder = Path(os.environ.get(_FOLDER, ""))
    if folder.name.startswith(_PREFIX):
        shutil.rmtree(folder, ignore_errors=True)
