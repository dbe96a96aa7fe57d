"""What a transaction leaves for the worker: jobs that enter the queue with its commit."""

import json
from collections.abc import Mapping
from dataclasses import field
from datetime import UTC, datetime
from typing import Any

import psycopg
from sqlalchemy import Connection

from chassis.database.round_trips import write_later
from chassis.frozen import Frozen
from chassis.telemetry import traces

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


class Job(Frozen):
    """Work for the worker: ``task`` is its registered name, ``arguments`` hold ids only.

    ``not_before`` delays it, by the database's clock; two jobs with one ``queueing_lock`` do not wait in the
    queue at a time (the second is dropped silently; the earlier of their due times counts). What
    ``is_urgent`` is begun before all that is due and is not, however long that waits.
    """

    task: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    not_before: datetime | None = None
    queueing_lock: str | None = None
    is_urgent: bool = False
    traceparent: str | None = field(default_factory=traces.current, repr=False, compare=False)


def database_now(connection: Connection) -> datetime:
    """By the clock that says when a job is due. A round trip."""
    moment: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    return moment


def write_jobs(connection: Connection, jobs: list[Job]) -> None:
    """Write them all in one statement, with what else waits for the commit."""
    if jobs:
        write_later(connection, _WRITE, _columns(_without_repetitions(jobs)))


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
