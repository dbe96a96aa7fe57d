"""Parked events: a lane that cannot go on now waits in the database, in order; the others go on."""

from datetime import datetime

from sqlalchemy import Connection

from chassis.database.deferred_jobs import Job
from chassis.database.jobs import Backoff
from chassis.failures import Failure, NotNow
from chassis.messaging.records import KeptRecord, Record, headers_from_json, headers_to_json

RETRY_TASK = "chassis.retry_lane"
LANE_BACKOFF = Backoff(first_seconds=1.0, most_seconds=300.0)

_PARK_EVENT = """
INSERT INTO parked_events (consumer_group, topic, subject, partition, record_offset, record_timestamp_ms,
                           record_key, record_value, record_headers)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_PARK_LANE = """
UPDATE lanes SET is_parked = true, parked_at = coalesce(parked_at, now()), attempts = attempts + 1,
    next_attempt_at = clock_timestamp() + %s, cause_code = %s, cause_message = %s
WHERE consumer_group = %s AND topic = %s AND subject = %s
RETURNING next_attempt_at
"""
_OPEN_LANE = """
UPDATE lanes SET is_parked = false, parked_at = NULL, attempts = 0, next_attempt_at = NULL,
    cause_code = NULL, cause_message = NULL
WHERE consumer_group = %s AND topic = %s AND subject = %s
"""
_FIRST = """
SELECT position, topic, partition, record_offset, record_timestamp_ms, record_key, record_value,
       record_headers
FROM parked_events WHERE consumer_group = %s AND topic = %s AND subject = %s AND position > %s
ORDER BY position LIMIT 1
"""


def park_event(connection: Connection, group: str, subject: str, record: Record) -> None:
    """Queue the record behind the others of its lane; the lane row is locked by the caller."""
    connection.exec_driver_sql(
        _PARK_EVENT,
        (
            group,
            record.topic,
            subject,
            record.partition,
            record.offset,
            record.timestamp,
            record.key,
            record.value,
            headers_to_json(record.headers),
        ),
    )


def park_lane(
    connection: Connection, group: str, topic: str, subject: str, *, cause: Failure, attempt: int
) -> Job:
    """Mark the lane parked with its cause; return the job that tries again, for the same transaction.

    The lane's row is there, locked by the caller. Its time is by the clock of the database, which gives the
    job out.
    """
    wait = cause.retry_after if isinstance(cause, NotNow) else None
    wait = LANE_BACKOFF.wait_after(attempt) if wait is None else wait
    values = (wait, cause.code, cause.message, group, topic, subject)
    next_attempt_at: datetime = connection.exec_driver_sql(_PARK_LANE, values).scalar_one()
    return retry_job(group, topic, subject, next_attempt_at)


def open_lane(connection: Connection, group: str, topic: str, subject: str) -> None:
    """The lane's queue is empty: the consumer may handle its events again."""
    connection.exec_driver_sql(_OPEN_LANE, (group, topic, subject))


def first_parked(
    connection: Connection, group: str, topic: str, subject: str, behind: int = 0
) -> tuple[int, KeptRecord] | None:
    """The event that blocks the lane, with its place in the queue.

    Nothing enters a lane before what left it: who knows that place need not read past all that did.
    """
    row = connection.exec_driver_sql(_FIRST, (group, topic, subject, behind)).first()
    if row is None:
        return None
    return row.position, KeptRecord._make((*row[1:7], headers_from_json(row.record_headers)))


def remove_parked(connection: Connection, position: int) -> None:
    connection.exec_driver_sql("DELETE FROM parked_events WHERE position = %s", (position,))


def retry_job(group: str, topic: str, subject: str, not_before: datetime | None) -> Job:
    """The job that lets the worker try the lane; at most one waits per lane."""
    return Job(
        task=RETRY_TASK,
        arguments={"group": group, "topic": topic, "subject": subject},
        not_before=not_before,
        queueing_lock=f"lane/{group}/{topic}/{subject}",
    )
