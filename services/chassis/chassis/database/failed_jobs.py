"""Jobs whose work is not done: those that failed for good, and those that fail again and again.

Procrastinate keeps that a job failed, not why: the worker notes it here. What comes by itself is not among
them, as the next one does its work: a metric counts its failures.
"""

from datetime import datetime
from traceback import extract_tb
from typing import Any, NamedTuple

import psycopg
from sqlalchemy import Connection

from chassis.database.deferred_jobs import TRACE_ARGUMENT, URGENT, Job
from chassis.database.operators_log import note_action
from chassis.database.outages import describe, is_unavailable
from chassis.database.unit_of_work import UnitOfWork
from chassis.failures import Failure, NotNow
from chassis.frozen import Frozen
from chassis.redaction import redacted_cause

# A job that is tried again may have met another transaction once, or a moment of bad luck.
OFTEN = 5
SETTLED_AT_ONCE_MOST = 1_000
_QUERY_CANCELED = "57014"

NOTE_FAILURE = """
INSERT INTO job_failures AS failure (job_id, code, message) VALUES (%(job_id)s, %(code)s, %(message)s)
ON CONFLICT (job_id) DO UPDATE
SET last_at = now(), times = failure.times + 1, code = EXCLUDED.code, message = EXCLUDED.message
"""
_COLUMNS = f"""
job.id AS job, job.task_name AS task, job.args - '{TRACE_ARGUMENT}' AS arguments,
CASE job.status WHEN 'failed' THEN 'failed' ELSE 'retrying' END AS state,
coalesce(failure.first_at, (SELECT max(event.at) FROM procrastinate_events AS event
    WHERE event.job_id = job.id AND event.type = 'failed')) AS since,
job.attempts, CASE job.status WHEN 'todo' THEN job.scheduled_at END AS next_attempt_at,
failure.code, failure.message, substr(job.args ->> '{TRACE_ARGUMENT}', 4, 32) AS trace_id
"""  # noqa: S608 - our own words
# The failed ones by the index "jobs_that_failed".
_OF_STATUS = f"""
SELECT {_COLUMNS} FROM procrastinate_jobs AS job LEFT JOIN job_failures AS failure ON failure.job_id = job.id
WHERE job.status = 'failed' AND job.queueing_lock IS DISTINCT FROM job.task_name
UNION ALL
SELECT {_COLUMNS} FROM job_failures AS failure JOIN procrastinate_jobs AS job ON job.id = failure.job_id
WHERE failure.times >= {OFTEN} AND job.status IN ({{tried_again}})
    AND job.queueing_lock IS DISTINCT FROM job.task_name
"""  # noqa: S608
_JOBS = _OF_STATUS.format(tried_again="'todo', 'doing'")
_AT_REST = _OF_STATUS.format(tried_again="'todo'")
_CHOSEN = """
WHERE (%(job)s::bigint IS NULL OR job = %(job)s) AND (%(task)s::text IS NULL OR task = %(task)s)
    AND (%(after)s::bigint IS NULL OR job > %(after)s)
ORDER BY job LIMIT %(limit)s
"""
_LIST = f"SELECT * FROM ({_JOBS}) AS job {_CHOSEN}"  # noqa: S608
TIMES_OF_WAITING = f"SELECT since FROM ({_JOBS}) AS job ORDER BY job"  # noqa: S608
# What runs at this moment is left to its worker.
_TAKE_OUT = f"""
WITH taken AS (
    DELETE FROM procrastinate_jobs WHERE status IN ('failed', 'todo')
        AND id = ANY(ARRAY(SELECT job FROM ({_AT_REST}) AS job {_CHOSEN}))
    RETURNING id, task_name, args, queueing_lock, priority),
forgotten AS (DELETE FROM job_failures USING taken WHERE job_id = taken.id)
SELECT * FROM taken ORDER BY id
"""  # noqa: S608


class NoSuchFailedJob(Exception):
    """No job of this number failed: it was done meanwhile, is running, or somebody settled it."""


class FailedJob(NamedTuple):
    """One job, with the last cause; ``since`` is when it failed first, as far as that is known."""

    job: int
    task: str
    arguments: dict[str, Any]
    state: str
    since: datetime | None
    attempts: int
    next_attempt_at: datetime | None
    code: str | None
    message: str | None
    trace_id: str | None


class WhichJobs(Frozen):
    """Those of this number, of this task; None means any. ``after`` is the last one of the page before."""

    job: int | None = None
    task: str | None = None
    after: int | None = None
    limit: int = SETTLED_AT_ONCE_MOST

    def __str__(self) -> str:
        """What was chosen by, for the operators' log."""
        chosen = {"job": self.job, "task": self.task}
        return ", ".join(f"{name} {value}" for name, value in chosen.items() if value is not None)


def is_fault(error: BaseException) -> bool:
    """Whether a job failed by more than that it cannot be done now, or that the database is away.

    A statement that takes too long does so each time, as a rule.
    """
    is_too_long = getattr(getattr(error, "orig", None), "sqlstate", None) == _QUERY_CANCELED
    return is_too_long or not (isinstance(error, NotNow) or is_unavailable(error))


def cause_of(error: BaseException) -> tuple[str, str]:
    """A code and a sentence. What is not ours to word may quote people: of that the kind and the place."""
    if isinstance(error, Failure):
        return error.code, redacted_cause(error.message)
    said_by = getattr(error, "orig", None) or error
    # Of a value that it cannot take the server says which.
    if said_by is not error and not isinstance(said_by, psycopg.DataError):
        return type(said_by).__name__, redacted_cause(describe(error))
    frames = extract_tb(error.__traceback__)
    place = f" at {'/'.join(frames[-1].filename.split('/')[-3:])}:{frames[-1].lineno}" if frames else ""
    return type(said_by).__name__, f"A fault{place}; the log has the details."


def list_failed_jobs(connection: Connection, wanted: WhichJobs) -> list[FailedJob]:
    """The oldest first."""
    return [FailedJob._make(row) for row in connection.exec_driver_sql(_LIST, vars(wanted))]


def retry_jobs(work: UnitOfWork, wanted: WhichJobs, **told: str) -> int:
    """Have them done anew, at once and with all their attempts; return how many.

    They are deferred again, so that of those with one queueing lock one is left. At most ``limit`` at a
    time; ``told`` is ``actor`` and ``reason``. Raises NoSuchFailedJob where one is named.
    """
    rows = _taken_out(work, wanted, "retry jobs", **told)
    for row in rows:
        work.defer(
            Job(
                task=row.task_name,
                arguments=row.args,
                queueing_lock=row.queueing_lock,
                is_urgent=row.priority >= URGENT,
                traceparent=row.args.get(TRACE_ARGUMENT),
            )
        )
    return len(rows)


def discard_jobs(work: UnitOfWork, wanted: WhichJobs, **told: str) -> int:
    """Give them up: their work is not done; the rest as for `retry_jobs`."""
    return len(_taken_out(work, wanted, "discard jobs", **told))


def _taken_out(work: UnitOfWork, wanted: WhichJobs, action: str, **told: str) -> list[Any]:
    rows = list(work.connection.exec_driver_sql(_TAKE_OUT, vars(wanted)))
    if not rows and wanted.job is not None:
        raise NoSuchFailedJob(str(wanted))
    if rows:
        outcome = f"done: {len(rows)}"
        note_action(work.connection, action=action, target=str(wanted), outcome=outcome, **told)
    return rows
