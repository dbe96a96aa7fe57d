"""Forget a subject in the chassis's tables; services forget their own rows in the same transaction.

erase_subject(work.connection, str(partner_id))     # then `emit` the event that says so
work.emit(Tombstone(ThingState, subject))         # and, for each compacted topic, its last word
"""

from sqlalchemy import Connection

# The counters stay: a number must never be given twice. They hold an id and a number, no personal data.
# Lanes stay for the same reason, but a lane has nothing to wait for any more.
_FORGET = (
    "DELETE FROM outbox WHERE subject = %s",
    "DELETE FROM parked_events WHERE subject = %s",
    "DELETE FROM dead_letters WHERE subject = %s",
    "DELETE FROM idempotency_answers WHERE subject = %s",
    "UPDATE lanes SET is_parked = false, parked_at = NULL, next_attempt_at = NULL, cause_code = NULL,"
    " cause_message = NULL WHERE subject = %s AND is_parked",
)


def erase_subject(connection: Connection, subject: str) -> int:
    """Remove outbox rows, parked events, dead letters and stored answers; return how many rows.

    Rows not yet published go too: what the world must still hear has to be emitted after this.
    """
    return sum(connection.exec_driver_sql(statement, (subject,)).rowcount for statement in _FORGET)
