"""Dead letters of records that are not the topic owner's: a few are kept as evidence, all are counted.

Any client of the cluster may send any number of them, and the records themselves stay in the topic.
"""

import time
from collections.abc import Mapping

import structlog
from sqlalchemy import Connection

log = structlog.stdlib.get_logger(__name__)

MOST_WAITING = 100
TOLD_EVERY_SECONDS = 60.0

_WAITING = """
SELECT count(*) FROM (
    SELECT FROM dead_letters WHERE consumer_group = %s AND topic = %s AND code = %s AND status = 'waiting'
    LIMIT %s) AS waiting
"""

_told_at: dict[tuple[str, str], float] = {}


class RoomForForeign:
    """How many more may wait, by topic and code; for one transaction, so several consumers may exceed it."""

    def __init__(self, connection: Connection, group: str) -> None:
        self._connection = connection
        self._group = group
        self._left: dict[tuple[str, str], int] = {}

    def take(self, topic: str, code: str) -> bool:
        """Claim a place; False when none is left."""
        left = self._left.get((topic, code))
        if left is None:
            values = (self._group, topic, code, MOST_WAITING)
            left = MOST_WAITING - int(self._connection.exec_driver_sql(_WAITING, values).scalar_one())
        self._left[topic, code] = left - 1
        return left > 0


def report_not_kept(numbers: Mapping[tuple[str, str], int]) -> None:
    """One line in the log per topic, code and period; the metric has the numbers."""
    for (topic, code), number in numbers.items():
        now = time.monotonic()
        if now - _told_at.get((topic, code), -TOLD_EVERY_SECONDS) >= TOLD_EVERY_SECONDS:
            _told_at[topic, code] = now
            log.warning("foreign records no longer kept", topic=topic, code=code, number=number)
