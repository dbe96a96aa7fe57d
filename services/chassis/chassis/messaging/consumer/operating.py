"""What operators see of lanes, and what they may do: try again, set an event aside, close a hole."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from chassis.database.operators_log import note_action
from chassis.database.unit_of_work import UnitOfWork
from chassis.failures import NeverPossible
from chassis.messaging.consumer.parking import first_parked, open_lane, remove_parked, retry_job
from chassis.messaging.consumer.reading import Reader
from chassis.messaging.dead_letters.writing import write_dead_letter

_COLUMNS = """
SELECT lane.consumer_group, lane.topic, lane.subject, lane.last_sequence, lane.is_parked, lane.parked_at,
    lane.attempts, lane.next_attempt_at, lane.cause_code, lane.cause_message, lane.hole_count,
    (SELECT count(*) FROM parked_events AS event WHERE event.consumer_group = lane.consumer_group
        AND event.topic = lane.topic AND event.subject = lane.subject) AS waiting_events
FROM lanes AS lane
"""
_NOW = """
UPDATE lanes SET next_attempt_at = now()
WHERE consumer_group = %s AND topic = %s AND subject = %s AND is_parked RETURNING 1
"""


_PARKED = f"""
{_COLUMNS} WHERE lane.consumer_group = %(group)s AND lane.is_parked AND (%(parked_at)s::timestamptz IS NULL
    OR (lane.parked_at, lane.topic, lane.subject) > (%(parked_at)s, %(topic)s, %(subject)s))
ORDER BY lane.parked_at, lane.topic, lane.subject LIMIT %(limit)s
"""
_OF_SUBJECT = f"""
{_COLUMNS} WHERE lane.consumer_group = %(group)s AND lane.subject = %(subject)s
    AND (%(topic)s::text IS NULL OR lane.topic > %(topic)s)
ORDER BY lane.topic LIMIT %(limit)s
"""
_HOLES = """
SELECT topic, subject, first_missing, last_missing, found_at FROM lane_holes
WHERE consumer_group = %(group)s AND (%(topic)s::text IS NULL
    OR (topic, subject, first_missing) > (%(topic)s, %(subject)s, %(first)s))
ORDER BY topic, subject, first_missing LIMIT %(limit)s
"""
_LOCK = "SELECT 1 FROM lanes WHERE consumer_group = %s AND topic = %s AND subject = %s FOR UPDATE"
_CLOSE_HOLE = """
DELETE FROM lane_holes WHERE consumer_group = %s AND topic = %s AND subject = %s
    AND first_missing = %s AND last_missing = %s
"""
_ONE_HOLE_LESS = """
UPDATE lanes SET hole_count = hole_count - 1 WHERE consumer_group = %s AND topic = %s AND subject = %s
"""


class NoSuchHole(Exception):
    """The lane has no hole of just these numbers: it was filled, closed, or cut in two meanwhile."""


class LaneNotParked(Exception):
    """The lane is open, or there is none."""


class LaneView(NamedTuple):
    """One lane as operators see it."""

    consumer_group: str
    topic: str
    subject: str
    last_sequence: int
    is_parked: bool
    parked_at: datetime | None
    attempts: int
    next_attempt_at: datetime | None
    cause_code: str | None
    cause_message: str | None
    hole_count: int
    waiting_events: int


class Hole(NamedTuple):
    """Numbers that a lane jumped over and that have not come since."""

    topic: str
    subject: str
    first_missing: int
    last_missing: int
    found_at: datetime


def list_parked_lanes(
    connection: Connection, group: str, limit: int = 50, after: tuple[datetime, str, str] | None = None
) -> list[LaneView]:
    """Those parked longest first; ``after`` is parked_at, topic and subject of the last one before."""
    parked_at, topic, subject = after or (None, None, None)
    values = {"group": group, "limit": limit, "parked_at": parked_at, "topic": topic, "subject": subject}
    return [LaneView._make(row) for row in connection.exec_driver_sql(_PARKED, values)]


def lanes_of_subject(
    connection: Connection, group: str, limit: int = 50, after: tuple[str] | None = None, *, subject: str
) -> list[LaneView]:
    """Open and parked ones by topic; ``after`` is the topic of the last one before."""
    values = {"group": group, "subject": subject, "limit": limit, "topic": after[0] if after else None}
    return [LaneView._make(row) for row in connection.exec_driver_sql(_OF_SUBJECT, values)]


def list_holes(
    connection: Connection, group: str, limit: int = 50, after: tuple[str, str, int] | None = None
) -> list[Hole]:
    """By topic, subject and number; ``after`` is topic, subject and first number of the last one before."""
    topic, subject, first = after or (None, None, None)
    values = {"group": group, "limit": limit, "topic": topic, "subject": subject, "first": first}
    return [Hole._make(row) for row in connection.exec_driver_sql(_HOLES, values)]


def close_hole(
    work: UnitOfWork, group: str, topic: str, subject: str, numbers: tuple[int, int], **told: str
) -> None:
    """Give up events that never came: from now on their numbers count as seen.

    ``numbers`` are the first and the last of the hole, ``told`` is ``actor`` and ``reason``.
    Raises NoSuchHole.
    """
    lane = (group, topic, subject)
    work.connection.exec_driver_sql(_LOCK, lane)
    if work.connection.exec_driver_sql(_CLOSE_HOLE, (*lane, *numbers)).rowcount == 0:
        raise NoSuchHole(f"{topic} {subject} {numbers[0]}-{numbers[1]}")
    work.connection.exec_driver_sql(_ONE_HOLE_LESS, lane)
    target = f"{topic} {subject} {numbers[0]}-{numbers[1]}"
    note_action(work.connection, action="close hole", target=target, **told)


def release_lane(work: UnitOfWork, group: str, topic: str, subject: str, **told: str) -> None:
    """Let the worker try the lane at once, whatever its backoff; ``told`` is ``actor`` and ``reason``.

    Raises LaneNotParked.
    """
    if work.connection.exec_driver_sql(_NOW, (group, topic, subject)).first() is None:
        raise LaneNotParked(f"{topic} {subject}")
    work.defer(retry_job(group, topic, subject, None))
    note_action(work.connection, action="release lane", target=f"{topic} {subject}", **told)


def set_first_aside(
    work: UnitOfWork, reader: Reader, group: str, topic: str, subject: str, **told: Any
) -> None:
    """Make the event that blocks the lane a dead letter, so that those behind it go on.

    ``told`` is ``actor`` and ``reason``. Raises LaneNotParked.
    """
    if work.connection.exec_driver_sql(_NOW, (group, topic, subject)).first() is None:
        raise LaneNotParked(f"{topic} {subject}")
    note_action(work.connection, action="set event aside", target=f"{topic} {subject}", **told)
    first = first_parked(work.connection, group, topic, subject)
    if first is None:
        open_lane(work.connection, group, topic, subject)
        return
    position, record = first
    remove_parked(work.connection, position)
    cause = NeverPossible("set_aside", str(told["reason"]))
    write_dead_letter(work.connection, group, record, reader.read(record).envelope, cause)
    work.defer(retry_job(group, topic, subject, None))
