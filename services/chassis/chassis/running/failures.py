"""What a worker notes of a job that fails by a fault: the cause, for operators, and a count, for alerts."""

from collections.abc import Iterable

import structlog
from procrastinate import JobContext, exceptions
from prometheus_client import Counter

from chassis.database.failed_jobs import NOTE_FAILURE, cause_of, is_fault
from chassis.database.outages import describe

log = structlog.stdlib.get_logger(__name__)

FAILED = Counter("gangway_jobs_failed", "Attempts of jobs that failed by a fault", ["task"])


def count_from_zero(tasks: Iterable[str]) -> None:
    """Show them before the first failure: what begins with 1 has not increased."""
    for task in tasks:
        FAILED.labels(task)


async def note_failure(context: JobContext, error: Exception) -> None:
    """Not of what cannot be done yet. A cause that cannot be noted is in the log all the same."""
    if not is_fault(error):
        return
    FAILED.labels(context.job.task_name).inc()
    code, message = cause_of(error)
    try:
        await context.app.job_manager.connector.execute_query_async(
            NOTE_FAILURE, job_id=context.job.id, code=code, message=message
        )
    except exceptions.ConnectorException as trouble:
        log.warning("cause of a failed job not noted", cause=describe(trouble))
