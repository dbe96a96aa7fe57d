"""Find dead letters, and see one with its bytes untouched."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from chassis.frozen import Frozen
from chassis.messaging.records import KeptRecord, headers_from_json

_COLUMNS = """
    id, consumer_group, topic, partition, record_offset, event_id, event_type, subject, sequence, code,
    message, status, dead_at, replay_attempts, last_replay_failure, settled_at, settled_by, settled_reason
"""
CHOSEN = """
WHERE (%(status)s::text IS NULL OR status = %(status)s) AND (%(topic)s::text IS NULL OR topic = %(topic)s)
  AND (%(code)s::text IS NULL OR code = %(code)s) AND (%(subject)s::text IS NULL OR subject = %(subject)s)
  AND (%(type)s::text IS NULL OR event_type = %(type)s) AND (%(after)s::uuid IS NULL OR id > %(after)s)
ORDER BY id LIMIT %(limit)s
"""
_RECORD = """
SELECT topic, partition, record_offset, record_timestamp_ms, record_key, record_value, record_headers
FROM dead_letters WHERE id = %s
"""


class NoSuchDeadLetter(Exception):
    """No dead letter has this id."""


class DeadLetter(NamedTuple):
    """What is known about a dead letter, without its bytes."""

    id: UUID
    consumer_group: str
    topic: str
    partition: int
    record_offset: int
    event_id: str | None
    event_type: str | None
    subject: str | None
    sequence: int | None
    code: str
    message: str
    status: str
    dead_at: datetime
    replay_attempts: int
    last_replay_failure: str | None
    settled_at: datetime | None
    settled_by: str | None
    settled_reason: str | None


class Filter(Frozen):
    """Which dead letters; None means any. ``after`` is the last id of the page before."""

    status: str | None = "waiting"
    topic: str | None = None
    code: str | None = None
    subject: str | None = None
    type: str | None = None
    after: UUID | None = None
    limit: int = 50

    def __str__(self) -> str:
        """What was chosen by, for the operators' log."""
        chosen = {"topic": self.topic, "code": self.code, "subject": self.subject, "type": self.type}
        return ", ".join(f"{name} {value}" for name, value in chosen.items() if value) or "all"


def list_dead_letters(connection: Connection, wanted: Filter) -> list[DeadLetter]:
    """The oldest first; ids grow with time."""
    rows = connection.exec_driver_sql(f"SELECT {_COLUMNS} FROM dead_letters {CHOSEN}", vars(wanted))  # noqa: S608
    return [DeadLetter._make(row) for row in rows]


def get_dead_letter(connection: Connection, letter_id: UUID, *, lock: bool = False) -> DeadLetter:
    """One by its id; raises NoSuchDeadLetter."""
    query = f"SELECT {_COLUMNS} FROM dead_letters WHERE id = %s"  # noqa: S608
    row = connection.exec_driver_sql(query + (" FOR UPDATE" if lock else ""), (letter_id,)).first()
    if row is None:
        raise NoSuchDeadLetter(str(letter_id))
    return DeadLetter._make(row)


def record_of(connection: Connection, letter_id: UUID) -> KeptRecord:
    """The record as it came; raises NoSuchDeadLetter."""
    row = connection.exec_driver_sql(_RECORD, (letter_id,)).first()
    if row is None:
        raise NoSuchDeadLetter(str(letter_id))
    return KeptRecord._make((*row[:6], headers_from_json(row.record_headers)))
