"""Which job comes next: what is urgent; then, by turns, what waits for no time and what has been due longest.

So a thousand retries hold up no new work, and new work that fills all workers holds up no retry.

Procrastinate's own look reads all that wait for a later time, and what was done since the last vacuum: with a
hundred thousand jobs each look costs more than most jobs. The index `jobs_by_due_time` leads to the next one,
and to when the one after it is due; the search begins behind the last that was found, and for a moment only,
since a job may be put before it: by a transaction that took long, or for a time that has passed.
"""

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from procrastinate.connector import BaseConnector

from chassis.database.deferred_jobs import URGENT

FROM_THE_START_AFTER_SECONDS = 1.0

_AT = "coalesce(scheduled_at, '-infinity')"
_NEXT = f"""
    FROM unnest(%(priorities)s::int[], %(times)s::timestamptz[], %(ids)s::bigint[], %(lasts)s::timestamptz[])
        AS behind (priority, at, id, last)
    CROSS JOIN LATERAL (
        SELECT waiting.id, {_AT} AS at FROM procrastinate_jobs AS waiting
        WHERE status = 'todo' AND waiting.priority = behind.priority
            AND ({_AT}, waiting.id) > (behind.at, behind.id) AND {_AT} <= behind.last AND {{which}}
        ORDER BY {_AT}, waiting.id LIMIT 1 {{lock}}) AS next"""  # noqa: S608 - our own words
_DUE = _NEXT.format(which=f"{_AT} <= now()", lock="FOR UPDATE SKIP LOCKED")
_LATER = _NEXT.format(which="waiting.id IS DISTINCT FROM (SELECT id FROM due)", lock="")
# In how many seconds the next one is due is told besides: at once, where a transaction that may be rolled
# back, and then notifies nobody, holds one. It is a sign of life, too: a worker that is given a job was alive
# just before.
FETCH = f"""
WITH alive AS (
    UPDATE procrastinate_workers SET last_heartbeat = now()
    WHERE id = %(worker_id)s AND last_heartbeat < now() - interval '0.5 s'
), due AS MATERIALIZED (
    SELECT next.id {_DUE} LIMIT 1
), fetched AS (
    UPDATE procrastinate_jobs AS job SET status = 'doing', worker_id = %(worker_id)s
    FROM due WHERE job.id = due.id
    RETURNING job.id, job.status, job.task_name, job.priority, job.lock, job.queueing_lock, job.args,
        job.scheduled_at, job.queue_name, job.attempts, job.worker_id
)
SELECT fetched.*, clock_timestamp() AS present, (
    SELECT extract(epoch FROM greatest(min(next.at), now()) - now())::float8 {_LATER}
    HAVING count(*) > 0) AS due_in_seconds
FROM (VALUES (1)) AS one LEFT JOIN fetched ON true
"""  # noqa: S608


class _Kind(NamedTuple):
    """Jobs of one priority that are looked for together, behind a time and an id, up to a last time."""

    priority: int
    at: str
    id: int
    last: str


_URGENT = _Kind(URGENT, "-infinity", 0, "infinity")
_NEW = _Kind(0, "-infinity", 0, "-infinity")
_TIMED = _Kind(0, "-infinity", 2**63 - 1, "infinity")


class DueJobs:
    """Gives one worker the jobs of its database, one after another."""

    def __init__(self, connector: BaseConnector) -> None:
        self._connector = connector
        self._kinds = [_URGENT, _NEW, _TIMED]
        self._behind: dict[_Kind, tuple[str, int]] = {}
        self._from_the_start_at = 0.0

    async def fetch(self, worker_id: int) -> Mapping[str, Any]:
        """The job that is due, now this worker's, and ``due_in_seconds`` of the next; its id may be None."""
        if time.monotonic() >= self._from_the_start_at:
            self._behind.clear()
            self._from_the_start_at = time.monotonic() + FROM_THE_START_AFTER_SECONDS
        behind = [self._behind.get(kind, (kind.at, kind.id)) for kind in self._kinds]
        row: Mapping[str, Any] = await self._connector.execute_query_one_async(
            FETCH,
            worker_id=worker_id,
            priorities=[kind.priority for kind in self._kinds],
            times=[at for at, _ in behind],
            ids=[place for _, place in behind],
            lasts=[kind.last for kind in self._kinds],
        )
        if row["id"] is not None:
            self._kinds = [_URGENT, *reversed(self._kinds[1:])]
        if row["due_in_seconds"] == 0 and row["id"] is not None:
            at = row["scheduled_at"]
            self._behind[_kind_of(row)] = ("-infinity" if at is None else at.isoformat(), row["id"])
        elif self._behind:
            # Whether something was put before the last one was not looked at.
            self._behind.clear()
            row = {**row, "due_in_seconds": 0.0}
        return row


def _kind_of(row: Mapping[str, Any]) -> _Kind:
    if row["priority"] == URGENT:
        return _URGENT
    return _NEW if row["scheduled_at"] is None else _TIMED
