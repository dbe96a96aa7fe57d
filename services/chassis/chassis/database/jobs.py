"""Background work on Procrastinate: jobs enter the queue in the transaction of their cause.

    jobs.TAKE_STEP: Task(handled(service.open_work, take_step, TakeStep))   # in entrypoints/worker.py
    work.defer(Job(task="take_step", arguments={"grant_id": str(id)}))  # in a handler

A job may run more than once (its worker was killed), so tasks are idempotent.
"""

from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any

import procrastinate
import psycopg
from procrastinate import RetryDecision
from procrastinate.jobs import Job as QueuedJob
from psycopg_pool import AsyncConnectionPool

from chassis import clock
from chassis.database.deferred_jobs import TRACE_ARGUMENT
from chassis.database.patient_connections import patient_async_connection, refuse_dead
from chassis.database.urls import driver_url
from chassis.failures import NeverPossible, NotNow
from chassis.settings.database_timeouts import DatabaseTimeouts


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
        return RetryDecision(retry_at=clock.now() + wait)

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
