"""Background work on Procrastinate: jobs enter the queue in the transaction of their cause.

    jobs_app = build_jobs_app(settings.database_url)
    @jobs_app.task(name="take_step", retry=Backoff(most_seconds=30))   # in entrypoints/worker.py
    def take_step(grant_id: str) -> None: ...       # opens a unit of work, calls a handler
    work.defer(Job(task="take_step", arguments={"grant_id": str(id)}))  # in a handler

A job may run more than once (its worker was killed), so tasks are idempotent.
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import procrastinate
import psycopg
from procrastinate import RetryDecision
from procrastinate.jobs import Job as QueuedJob
from psycopg_pool import AsyncConnectionPool
from sqlalchemy import Connection

from chassis.database.patient_connections import patient_async_connection, refuse_dead
from chassis.database.round_trips import write_later
from chassis.database.unit_of_work import Job
from chassis.database.urls import driver_url
from chassis.failures import NeverPossible, NotNow
from chassis.settings.database_timeouts import DatabaseTimeouts

TRACE_ARGUMENT = "traceparent"
# The priority of what is urgent; all else has 0.
URGENT = 1

# A job that waits already is locked until our commit, so that it cannot run on what we are about to
# change; of two due times the earlier one counts, and workers hear of that as they do of a new job.
_WRITE = """
WITH written AS (
INSERT INTO procrastinate_jobs AS waiting (queue_name, task_name, queueing_lock, args, scheduled_at, priority)
SELECT 'default', job.task, job.queueing_lock, job.arguments::jsonb, job.not_before, job.priority
FROM unnest(%(tasks)s::text[], %(locks)s::text[], %(arguments)s::text[], %(times)s::timestamptz[],
    %(priorities)s::int[])
    WITH ORDINALITY AS job (task, queueing_lock, arguments, not_before, priority, place)
ORDER BY job.queueing_lock, job.place
ON CONFLICT (queueing_lock) WHERE status = 'todo' DO UPDATE SET scheduled_at =
    CASE WHEN waiting.scheduled_at IS NOT NULL THEN least(waiting.scheduled_at,
        coalesce(EXCLUDED.scheduled_at, statement_timestamp())) END,
    priority = greatest(waiting.priority, EXCLUDED.priority)
RETURNING id, xmax <> 0 AS is_moved)
SELECT pg_notify('procrastinate_any_queue_v1',
    json_build_object('type', 'job_inserted', 'job_id', id)::text) FROM written WHERE is_moved
"""


class JobQueue:
    """Writes the jobs of a unit of work, all in one statement (the `JobSink` of production)."""

    def write(self, connection: Connection, jobs: list[Job]) -> None:
        jobs = _without_repetitions(jobs)
        if not jobs:
            return
        columns = _columns(jobs)
        write_later(connection, _WRITE, columns)


def defer_on_driver(connection: psycopg.Connection[Any], job: Job) -> None:
    """Write one job in the transaction of a connection that is psycopg's own."""
    connection.execute(_WRITE, _columns([job]))


def _columns(jobs: list[Job]) -> dict[str, list[Any]]:
    return {
        "tasks": [job.task for job in jobs],
        "locks": [job.queueing_lock for job in jobs],
        "arguments": [json.dumps(_with_trace(job)) for job in jobs],
        "times": [job.not_before for job in jobs],
        "priorities": [URGENT if job.is_urgent else 0 for job in jobs],
    }


def _without_repetitions(jobs: list[Job]) -> list[Job]:
    """Of several jobs with one queueing lock, the one that is due first."""
    chosen: dict[object, Job] = {}
    for job in jobs:
        key = job.queueing_lock if job.queueing_lock is not None else object()
        waiting = chosen.get(key)
        if waiting is None or _due_at(job) < _due_at(waiting):
            chosen[key] = job
    return list(chosen.values())


def _with_trace(job: Job) -> dict[str, Any]:
    trace = {TRACE_ARGUMENT: job.traceparent} if job.traceparent else {}
    return {**job.arguments, **trace}


def _due_at(job: Job) -> datetime:
    return job.not_before or datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Backoff(procrastinate.BaseRetryStrategy):
    """Try again later and later; NeverPossible is not tried again, NotNow may say when."""

    first_seconds: float = 1.0
    most_seconds: float = 300.0

    def get_retry_decision(self, *, exception: BaseException, job: QueuedJob) -> RetryDecision | None:
        if isinstance(exception, NeverPossible):
            return None
        wait = self.wait_after(job.attempts + 1)
        if isinstance(exception, NotNow) and exception.retry_after is not None:
            wait = exception.retry_after
        return RetryDecision(retry_at=datetime.now(UTC) + wait)

    def wait_after(self, attempt: int) -> timedelta:
        """How long to wait after the attempt of this number, counted from 1."""
        seconds = self.first_seconds * 2.0 ** min(attempt - 1, 30)
        return timedelta(seconds=min(seconds, self.most_seconds))


def build_jobs_app(
    database_url: str,
    timeouts: DatabaseTimeouts | None = None,
    *,
    application_name: str = "gangway-worker",
) -> procrastinate.App:
    """The app that tasks are registered on; it opens its connections only when a worker runs."""
    timeouts = timeouts or DatabaseTimeouts()
    url = driver_url(database_url)
    connector = procrastinate.PsycopgConnector(
        conninfo=url,
        kwargs={"application_name": application_name, **timeouts.connection_arguments(url)},
        pool_factory=partial(_pool, patient_async_connection(timeouts)),
        max_size=4,
    )
    return procrastinate.App(connector=connector)


async def _in_autocommit(connection: psycopg.AsyncConnection[Any]) -> None:
    """Each statement of Procrastinate is a whole transaction: BEGIN and COMMIT would be round trips."""
    await connection.set_autocommit(True)


def _pool(
    connection_class: type[psycopg.AsyncConnection[Any]], **options: Any
) -> AsyncConnectionPool[psycopg.AsyncConnection[Any]]:
    """Procrastinate's own has a round trip to the server before each statement."""
    own = {"check": refuse_dead, "configure": _in_autocommit}
    return AsyncConnectionPool(**(options | own), connection_class=connection_class)


def pop_trace(arguments: dict[str, Any]) -> str | None:
    """Take the trace out of a job's arguments; tasks know only their own."""
    trace: str | None = arguments.pop(TRACE_ARGUMENT, None)
    return trace
