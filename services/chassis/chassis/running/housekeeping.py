"""The chassis's own work in every worker: lane retries, clean-up, stalled jobs, counting; all in small steps.

    register_chassis_tasks(jobs_app, service)

Each task may run twice at a time, or late: only disk space and delay depend on it. How old something is says
the database, which wrote it: one machine with a wrong clock would forget what all others still need.
"""

import asyncio
from datetime import timedelta

import procrastinate
import structlog
from procrastinate import exceptions
from procrastinate.jobs import Job as QueuedJob

from chassis import clock
from chassis.database.erasure import FINISH_TASK, finish_erasure, unfinished_erasures
from chassis.database.failed_jobs import NOTE_FAILURE
from chassis.database.jobs import Backoff
from chassis.database.outages import describe
from chassis.database.pool import Database
from chassis.failures import NotNow
from chassis.messaging.consumer.parking import RETRY_TASK
from chassis.messaging.consumer.reading import Reader
from chassis.messaging.consumer.retrying import LaneRetry
from chassis.running.sweep import settle_each
from chassis.running.waiting import show_waiting
from chassis.service import Service

log = structlog.stdlib.get_logger(__name__)

ROWS_PER_STEP = 1_000
STEPS_MOST = 100
STALLED_AFTER_SECONDS = 5.0
# A job started so often may be what kills its worker: retry it, but with a delay.
OFTEN_BEGUN = 20
OFTEN_BEGUN_DELAY = timedelta(minutes=5)

_CLEAN_OUTBOX = """
DELETE FROM outbox WHERE position IN (
    SELECT position FROM outbox WHERE published_at IS NOT NULL AND published_at < now() - %s
    ORDER BY published_at LIMIT %s FOR UPDATE SKIP LOCKED)
"""
_CLEAN_ANSWERS = """
DELETE FROM idempotency_answers WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM idempotency_answers WHERE expires_at < now() - %s LIMIT %s FOR UPDATE SKIP LOCKED))
"""
_CLEAN_SEEN = """
DELETE FROM seen_events WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM seen_events WHERE seen_at < now() - %s LIMIT %s))
"""
# What comes by itself, or is deferred again by what does, is done by the next one; its failure was logged.
# Anything else that failed is kept: its work was not done.
_CLEAN_JOBS = """
DELETE FROM procrastinate_jobs WHERE id = ANY(ARRAY(
    SELECT id FROM procrastinate_jobs
    WHERE status = 'failed' AND queueing_lock = task_name AND coalesce(scheduled_at, '-infinity') < now() - %s
    LIMIT %s))
"""
_CLEAN_FAILURES = """
DELETE FROM job_failures WHERE job_id = ANY(ARRAY(
    SELECT job_id FROM job_failures AS failure WHERE last_at < now() - %s
        AND NOT EXISTS (SELECT FROM procrastinate_jobs WHERE id = failure.job_id) LIMIT %s))
"""


def register_chassis_tasks(app: procrastinate.App, service: Service) -> None:
    """Add the chassis's tasks to a service's jobs app, before its worker runs."""
    retention = timedelta(hours=service.settings.backbone.outbox_retention_hours)

    @app.task(name=RETRY_TASK, retry=Backoff(first_seconds=1, most_seconds=60))
    def retry_lane(group: str, topic: str, subject: str) -> None:
        subscriptions = service.subscriptions
        if subscriptions is not None and subscriptions.group == group:
            reader = Reader(subscriptions, service.settings.event_type_prefix)
            LaneRetry(service.database, service.work_factory, reader, group).run(topic, subject)

    @app.task(name=FINISH_TASK, retry=Backoff(first_seconds=1, most_seconds=300))
    def finish(subject: str) -> None:
        finish_when_sent(service.database, subject)

    @app.periodic(cron="*/5 * * * *")
    @app.task(name="chassis.clean_up", queueing_lock="chassis.clean_up")
    def clean_up(timestamp: int) -> None:
        clean_outbox(service.database, retention)
        _in_steps(service.database, _CLEAN_ANSWERS)
        _in_steps(service.database, _CLEAN_SEEN, timedelta(days=60))
        clean_jobs(service.database)
        finish_erasures(service.database)

    @app.periodic(cron="* * * * *")
    @app.task(name="chassis.count_waiting", queueing_lock="chassis.count_waiting")
    def count_waiting(timestamp: int) -> None:
        show_waiting(service)

    @app.task(name="chassis.retry_stalled_jobs")
    async def retry_stalled_jobs(timestamp: int) -> None:
        """The version before may have left such a job; each worker looks for stalled jobs without one."""
        await retry_stalled(app)


def clean_outbox(database: Database, kept_for: timedelta) -> int:
    """Remove rows that were published longer ago; return how many. Never an unpublished one."""
    return _in_steps(database, _CLEAN_OUTBOX, kept_for)


def clean_jobs(database: Database) -> int:
    """Remove failed ones that were due, if another one does their work; return how many.

    With what was noted of jobs that are gone.
    """
    removed = _in_steps(database, _CLEAN_JOBS)
    _in_steps(database, _CLEAN_FAILURES)
    return removed


async def keep_retrying_stalled(app: procrastinate.App) -> None:
    """Look for jobs of dead workers again and again; a job for it would cost more than the look."""
    while True:
        await asyncio.sleep(STALLED_AFTER_SECONDS)
        try:
            await retry_stalled(app)
        except exceptions.ConnectorException as error:
            log.warning("jobs of dead workers cannot be looked for", cause=describe(error))
        except Exception:
            # The loop is not awaited: if it ended, jobs of dead workers would stay where they are, unnoticed.
            log.exception("jobs of dead workers cannot be looked for")


async def retry_stalled(app: procrastinate.App) -> int:
    """Put jobs whose worker died back into the queue; return how many."""
    retried = 0
    for job in await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER_SECONDS):
        try:
            await _retry(app, job)
        except exceptions.ConnectorException as error:
            log.debug("stalled job taken by another worker", job=job.id, cause=describe(error))
            continue
        retried += 1
    return retried


async def _retry(app: procrastinate.App, job: QueuedJob) -> None:
    """No job is given up: nothing else would do its work."""
    delay = OFTEN_BEGUN_DELAY if job.attempts >= OFTEN_BEGUN else timedelta()
    log.warning("job of a dead worker retried", job=job.id, task=job.task_name, attempts=job.attempts)
    await app.job_manager.retry_job(job, retry_at=clock.now() + delay)
    # Last, so that of several workers that find it only the one that retries it counts.
    told = {"code": "worker_died", "message": "Its worker ended in the middle of it."}
    await app.job_manager.connector.execute_query_async(NOTE_FAILURE, job_id=job.id, **told)


def finish_when_sent(database: Database, subject: str) -> None:
    """Finish the erasure of one subject; NotNow as long as there are events of it that were not sent."""
    with database.begin() as work:
        is_sent = finish_erasure(work.connection, subject)
    if not is_sent:
        raise NotNow("not_sent_yet", "Events of the erased subject are still to be sent.")


def finish_erasures(database: Database) -> int:
    """Each in a transaction of its own: it holds the subject's lanes, and consumers hold those of many."""
    with database.begin() as work:
        subjects = unfinished_erasures(work.connection, ROWS_PER_STEP)

    def finish(subject: str) -> None:
        with database.begin() as work:
            finish_erasure(work.connection, subject)

    return settle_each(subjects, finish)


def _in_steps(database: Database, statement: str, kept_for: timedelta = timedelta()) -> int:
    """Delete in small transactions, to hold locks briefly; the rest is left for the next run."""
    removed = 0
    for _ in range(STEPS_MOST):
        with database.begin() as work:
            rows = work.connection.exec_driver_sql(statement, (kept_for, ROWS_PER_STEP)).rowcount
        removed += rows
        if rows < ROWS_PER_STEP:
            break
    return removed
