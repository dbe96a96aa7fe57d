"""The answer to an act refused by a limit: 429, and when to retry."""

import time
from math import ceil
from threading import Lock

import structlog
from prometheus_client import Counter

from chassis.database.counted_acts import Refused
from chassis.http.problems import Problem

_REFUSED = Counter("gangway_refused_acts", "Acts that a limit refused", ["act", "limit"])
_log = structlog.stdlib.get_logger(__name__)
_logged_at: dict[tuple[str, str], float] = {}
_telling = Lock()


class TooOften(Problem):
    """The same text for every limit, and for known and unknown addresses."""

    def __init__(self, refused: Refused) -> None:
        self.seconds = max(1, ceil(refused.wait.total_seconds()))
        super().__init__(
            429,
            "too_many_requests",
            f"This was asked for too often. Try again in {self.seconds} seconds.",
            headers={"Retry-After": str(self.seconds)},
        )


def too_often(act: str, refused: Refused) -> TooOften:
    """Count each refusal, and log the first per limit and minute, without any address."""
    for name in refused.names:
        _REFUSED.labels(act, name).inc()
        with _telling:
            is_news = time.monotonic() - _logged_at.get((act, name), float("-inf")) >= 60
            if is_news:
                _logged_at[act, name] = time.monotonic()
        if is_news:
            _log.warning("limit reached", act=str(act), limit=name)
    return TooOften(refused)
