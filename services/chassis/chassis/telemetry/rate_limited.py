"""A limit for what libraries log again and again."""

import logging
import threading
import time


class RateLimited(logging.Filter):
    """Let through a few records per message text and period."""

    def __init__(self, most: int = 3, period_seconds: float = 10.0) -> None:
        super().__init__()
        self._most = most
        self._period = period_seconds
        self._lock = threading.Lock()
        self._since = 0.0
        self._counts: dict[tuple[str, str], int] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        key = (record.name, str(record.msg))
        with self._lock:
            if time.monotonic() - self._since > self._period:
                self._since = time.monotonic()
                self._counts.clear()
            count = self._counts[key] = self._counts.get(key, 0) + 1
        return count <= self._most
