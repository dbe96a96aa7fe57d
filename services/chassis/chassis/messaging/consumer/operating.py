"""What operators see of lanes, and what they may do: try again now, set the blocking event aside."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection

from chassis.failures import NeverPossible
from chassis.messaging.consumer.parking import first_parked, open_lane, remove_parked, retry_job
from chassis.messaging.consumer.reading import Reader
from chassis.messaging.dead_letters.writing import write_dead_letter
from chassis.operating.operators_log import note_action
from chassis.unit_of_work import UnitOfWork

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


def list_parked_lanes(connection: Connection, group: str, limit: int = 50) -> list[LaneView]:
    """Those parked longest first."""
    query = f"{_COLUMNS} WHERE lane.consumer_group = %s AND lane.is_parked ORDER BY lane.parked_at LIMIT %s"
    return [LaneView._make(row) for row in connection.exec_driver_sql(query, (group, limit))]


def lanes_of_subject(connection: Connection, group: str, subject: str) -> list[LaneView]:
    query = f"{_COLUMNS} WHERE lane.consumer_group = %s AND lane.subject = %s ORDER BY lane.topic"
    return [LaneView._make(row) for row in connection.exec_driver_sql(query, (group, subject))]


def list_holes(connection: Connection, group: str, limit: int = 50) -> list[Hole]:
    """The newest first."""
    rows = connection.exec_driver_sql(
        "SELECT topic, subject, first_missing, last_missing, found_at FROM lane_holes"
        " WHERE consumer_group = %s ORDER BY found_at DESC LIMIT %s",
        (group, limit),
    )
    return [Hole._make(row) for row in rows]


def release_lane(work: UnitOfWork, group: str, topic: str, subject: str, *, actor: str) -> None:
    """Let the worker try the lane at once, whatever its backoff. Raises LaneNotParked."""
    if work.connection.exec_driver_sql(_NOW, (group, topic, subject)).first() is None:
        raise LaneNotParked(f"{topic} {subject}")
    work.defer(retry_job(group, topic, subject, None))
    note_action(work.connection, actor=actor, action="release lane", target=f"{topic} {subject}")


def set_first_aside(
    work: UnitOfWork, reader: Reader, group: str, topic: str, subject: str, **told: Any
) -> None:
    """Make the event that blocks the lane a dead letter, so that those behind it go on.

    ``told`` is ``actor`` and ``reason``. Raises LaneNotParked.
    """
    if work.connection.exec_driver_sql(_NOW, (group, topic, subject)).first() is None:
        raise LaneNotParked(f"{topic} {subject}")
    first = first_parked(work.connection, group, topic, subject)
    if first is None:
        open_lane(work.connection, group, topic, subject)
        return
    position, record = first
    remove_parked(work.connection, position)
    cause = NeverPossible("set_aside", str(told["reason"]))
    write_dead_letter(work.connection, group, record, reader.read(record).envelope, cause)
    work.defer(retry_job(group, topic, subject, None))
    note_action(work.connection, action="set event aside", target=f"{topic} {subject}", **told)
