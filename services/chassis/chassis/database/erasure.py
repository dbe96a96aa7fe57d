"""Forget a subject in the chassis's tables; services forget their own rows in the same transaction.

erase_subject(work.connection, str(partner_id))     # then `emit` the event that says so
work.emit(Tombstone(ThingState, subject))         # and, for each compacted topic, its last word
"""

import json
from datetime import timedelta

from sqlalchemy import Connection

from chassis.database.deferred_jobs import Job, database_now, write_jobs
from chassis.database.round_trips import write_later

FINISH_TASK = "chassis.finish_erasure"
# The relay holds a snapshot and what may wait for up to a second, and marks within half a one what was sent.
SENT_AFTER = timedelta(seconds=2)
# Longer than any transaction that ran beside the erasure may have lasted.
SETTLED_AFTER = timedelta(minutes=10)
_REMEMBER = """
INSERT INTO erased_subjects (subject, outbox_until)
SELECT %(subject)s, coalesce(max(position), 0) FROM outbox WHERE subject = %(subject)s
ON CONFLICT DO NOTHING
"""
# Lanes come first: the consumer locks them before anything else. They stay, and so do the counters: a number
# must never be given twice. They hold an id and numbers, no personal data.
_FORGET = (
    "UPDATE lanes SET is_erased = true, is_parked = false, parked_at = NULL, next_attempt_at = NULL,"
    " cause_code = NULL, cause_message = NULL WHERE subject = %(subject)s",
    "DELETE FROM outbox USING erased_subjects AS erased WHERE outbox.subject = %(subject)s"
    " AND erased.subject = outbox.subject AND position <= outbox_until AND published_at IS NOT NULL",
    "DELETE FROM parked_events WHERE subject = %(subject)s",
    "DELETE FROM dead_letters WHERE subject = %(subject)s",
    "DELETE FROM idempotency_answers WHERE subject = %(subject)s",
    # Of a job that failed: what was told of the cause.
    "UPDATE job_failures SET message = '' FROM procrastinate_jobs AS job"
    " WHERE job.id = job_id AND job.args @? %(names_it)s::jsonpath",
    # Who proposed, who settled and why stays with the operators' log. Past what somebody confirms at this
    # moment: that waits for rows that the erasure holds, and `finish_erasure` comes by again.
    "UPDATE proposals SET body = '{}', settled_at = coalesce(settled_at, now()),"
    " state = CASE WHEN state = 'waiting' THEN 'outdated' ELSE state END"
    " WHERE id IN (SELECT id FROM proposals"
    " WHERE path::jsonb @? %(names_it)s::jsonpath FOR UPDATE SKIP LOCKED)",
)
# Any argument of the path; what is acted on is one of them.
_NAMES_IT = "$.* ? (@ == {})"
# In the consumer's order.
_LOCK = "SELECT FROM lanes WHERE subject = %s ORDER BY topic FOR UPDATE"
_UNFINISHED = """
SELECT subject FROM erased_subjects WHERE outbox_until IS NOT NULL
ORDER BY erased_at LIMIT %s
"""
_FINISH = """
UPDATE erased_subjects AS erased SET outbox_until = NULL
WHERE subject = %(subject)s AND erased_at < now() - %(settled_after)s AND NOT EXISTS (
    SELECT FROM outbox WHERE outbox.subject = erased.subject AND position <= erased.outbox_until)
"""
_IS_UNSENT = """
SELECT EXISTS (SELECT FROM outbox JOIN erased_subjects AS erased ON erased.subject = outbox.subject
    WHERE outbox.subject = %s AND position <= outbox_until)
"""


def lock_lanes(connection: Connection, subject: str) -> None:
    """Wait for consumers that handle an event of the subject; call it before its rows are locked."""
    connection.exec_driver_sql(_LOCK, (subject,))


def erase_subject(connection: Connection, subject: str) -> None:
    """Remove outbox rows, parked events, dead letters and stored answers; later events have no effect.

    A row that was not sent yet is sent, so that readers meet no hole, and goes then: a job, and every few
    minutes the clean-up, calls `finish_erasure`. What the world must still hear has to be emitted after
    this. Harmless when repeated.
    """
    _forget(connection, subject)
    finish = Job(
        task=FINISH_TASK,
        arguments={"subject": subject},
        not_before=database_now(connection) + SENT_AFTER,
        queueing_lock=f"{FINISH_TASK}:{subject}",
    )
    write_jobs(connection, [finish])


def unfinished_erasures(connection: Connection, most: int) -> list[str]:
    """Subjects of which something may be left, the first erased first."""
    return list(connection.exec_driver_sql(_UNFINISHED, (most,)).scalars())


def finish_erasure(connection: Connection, subject: str) -> bool:
    """Erase again what was left to be sent, or written by who ran beside; harmless when repeated.

    Returns whether all was sent; if not, its rows are there still.
    """
    lock_lanes(connection, subject)
    _forget(connection, subject)
    connection.exec_driver_sql(_FINISH, {"subject": subject, "settled_after": SETTLED_AFTER})
    return not connection.exec_driver_sql(_IS_UNSENT, (subject,)).scalar_one()


def _forget(connection: Connection, subject: str) -> None:
    values = {"subject": subject, "names_it": _NAMES_IT.format(json.dumps(subject))}
    for statement in (_REMEMBER, *_FORGET):
        write_later(connection, statement, values)
