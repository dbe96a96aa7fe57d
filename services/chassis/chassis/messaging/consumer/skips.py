"""Records that the consumer skips on an operator's request, by topic, partition and offset.

For the record that stops a consumer each time it comes; it becomes a dead letter, so that it can be
replayed once the fault is mended. Works while the consumer is down: it reads them before it goes on.
It counts once: a topic that is made anew, or another cluster, has a good event at the same place.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection

from chassis.database.operators_log import note_action
from chassis.database.round_trips import write_later
from chassis.failures import NeverPossible
from chassis.messaging.records import Record

Place = tuple[str, int, int]

_ASK = """
INSERT INTO record_skips (consumer_group, topic, partition, record_offset, actor, reason)
VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING 1
"""
_LIST = """
SELECT topic, partition, record_offset, asked_at, actor, reason FROM record_skips
WHERE consumer_group = %(group)s AND (%(after)s::text IS NULL
    OR (topic, partition, record_offset) > (%(after)s, %(partition)s, %(offset)s))
ORDER BY topic, partition, record_offset LIMIT %(limit)s
"""
_FORGET = """
DELETE FROM record_skips WHERE consumer_group = %s AND topic = %s AND partition = %s AND record_offset = %s
"""


class AlreadyAsked(Exception):
    """This record is to be skipped already."""


class Skip(NamedTuple):
    """One record that is to be skipped."""

    topic: str
    partition: int
    record_offset: int
    asked_at: datetime
    actor: str
    reason: str


def ask_to_skip(connection: Connection, group: str, place: Place, *, actor: str, reason: str) -> None:
    """Have the record made a dead letter when it comes next. Raises AlreadyAsked."""
    if connection.exec_driver_sql(_ASK, (group, *place, actor, reason)).first() is None:
        raise AlreadyAsked(f"{_named(place)} is to be skipped already.")
    note_action(connection, actor=actor, action="skip record", target=_named(place), reason=reason)


def list_skips(connection: Connection, group: str, limit: int = 50, after: Place | None = None) -> list[Skip]:
    """By topic, partition and offset."""
    topic, partition, offset = after or (None, None, None)
    values = {"group": group, "limit": limit, "after": topic, "partition": partition, "offset": offset}
    return [Skip._make(row) for row in connection.exec_driver_sql(_LIST, values)]


class Skips:
    """What one consumer knows of them."""

    def __init__(self, group: str) -> None:
        self._group = group
        self._reasons: dict[Place, str] = {}

    def load(self, connection: Connection) -> None:
        """Reload them: at the start, and when a record has failed."""
        rows = connection.exec_driver_sql(
            "SELECT topic, partition, record_offset, reason FROM record_skips WHERE consumer_group = %s",
            (self._group,),
        )
        self._reasons = {(row.topic, row.partition, row.record_offset): row.reason for row in rows}

    def verdict_on(self, record: Record) -> NeverPossible | None:
        """The operator's verdict, None where there is none."""
        if not self._reasons:
            return None
        reason = self._reasons.get((record.topic, record.partition, record.offset))
        return None if reason is None else NeverPossible("skipped_by_operator", reason)

    def forget(self, connection: Connection, records: Iterable[Record]) -> None:
        """Those that became dead letters, with the commit that made them so."""
        for record in records:
            if self.verdict_on(record) is not None:
                place = (record.topic, record.partition, record.offset)
                write_later(connection, _FORGET, (self._group, *place))


def _named(place: Place) -> str:
    topic, partition, offset = place
    return f"{topic}/{partition}@{offset}"
