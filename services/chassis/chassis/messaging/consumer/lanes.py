"""Lane rows: what a group has seen of each subject on each topic, locked for one transaction.

A lane remembers whose its newest numbers were, so that a number given twice is noticed and not taken for
an event that came again: a forged event would hide the owner's for good, and so would an owner whose
counters were restored from a backup.
"""

import json
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from zlib import crc32

from sqlalchemy import Connection

from chassis.database.round_trips import Statement, ask_together, write_later

Key = tuple[str, str]
# Ids cannot be foreseen, so four bytes tell them apart well enough.
_NOTE = struct.Struct(">qI")
REMEMBERED = 64

_LOCK = """
SELECT lane.topic, lane.subject, lane.last_sequence, lane.hole_count, lane.is_parked, lane.is_erased
FROM lanes AS lane JOIN json_to_recordset(%(lanes)s::json) AS wanted (topic text, subject text)
    ON lane.topic = wanted.topic AND lane.subject = wanted.subject
WHERE lane.consumer_group = %(group)s
ORDER BY lane.topic, lane.subject FOR UPDATE OF lane
"""
_CREATE = """
INSERT INTO lanes (consumer_group, topic, subject, is_erased)
SELECT %(group)s, topic, subject,
    EXISTS (SELECT FROM erased_subjects AS erased WHERE erased.subject = wanted.subject)
FROM json_to_recordset(%(lanes)s::json) AS wanted (topic text, subject text)
ORDER BY topic, subject ON CONFLICT DO NOTHING RETURNING 1
"""
_HOLES = """
SELECT hole.topic, hole.subject, hole.first_missing, hole.last_missing
FROM lane_holes AS hole JOIN json_to_recordset(%(lanes)s::json) AS wanted (topic text, subject text)
    ON hole.topic = wanted.topic AND hole.subject = wanted.subject
WHERE hole.consumer_group = %(group)s ORDER BY first_missing
"""
_REMEMBERED = """
SELECT lane.topic, lane.subject, lane.remembered
FROM lanes AS lane JOIN json_to_recordset(%(lanes)s::json) AS wanted (topic text, subject text)
    ON lane.topic = wanted.topic AND lane.subject = wanted.subject
WHERE lane.consumer_group = %(group)s
"""
_SAVE = """
UPDATE lanes AS lane SET last_sequence = new.last_sequence, hole_count = new.hole_count,
    remembered = substring(lane.remembered || decode(new.notes, 'hex')
        FROM greatest(1, octet_length(lane.remembered) + length(new.notes) / 2 - %(most)s + 1))
FROM json_to_recordset(%(lanes)s::json)
    AS new (topic text, subject text, last_sequence bigint, hole_count int, notes text)
WHERE lane.consumer_group = %(group)s AND lane.topic = new.topic AND lane.subject = new.subject
"""
_FORGET_HOLES = "DELETE FROM lane_holes WHERE consumer_group = %s AND topic = %s AND subject = %s"
_SAVE_HOLE = "INSERT INTO lane_holes VALUES (%s, %s, %s, %s, %s)"


@dataclass(slots=True)
class Lane:
    """One locked lane. Numbers above ``last_sequence`` and inside ``holes`` are new; others were seen.

    ``is_erased``: its subject is no more, so nothing that comes has an effect.
    """

    topic: str
    subject: str
    last_sequence: int
    hole_count: int
    is_parked: bool
    is_erased: bool
    holes: list[tuple[int, int]] = field(default_factory=list)
    is_changed: bool = False
    has_changed_holes: bool = False
    notes: dict[int, int] = field(default_factory=dict)

    def is_new(self, sequence: int) -> bool:
        return sequence > self.last_sequence or any(first <= sequence <= last for first, last in self.holes)

    def advance(self, sequence: int, *, leaves_holes: bool = True) -> int:
        """Note a new number; return how many numbers it jumped over that may still come."""
        self.is_changed = True
        if sequence <= self.last_sequence:
            self._fill(sequence)
            return 0
        jumped = sequence - self.last_sequence - 1 if leaves_holes else 0
        if jumped:
            self.holes.append((self.last_sequence + 1, sequence - 1))
            self.has_changed_holes = True
        self.last_sequence = sequence
        return jumped

    def note(self, sequence: int, event_id: str) -> None:
        """Remember whose number it is."""
        self.notes[sequence] = crc32(event_id.encode())

    def _fill(self, sequence: int) -> None:
        self.has_changed_holes = True
        holes: list[tuple[int, int]] = []
        for first, last in self.holes:
            if first <= sequence <= last:
                parts = [(first, sequence - 1), (sequence + 1, last)]
                holes.extend((start, end) for start, end in parts if start <= end)
            else:
                holes.append((first, last))
        self.holes = holes


class LaneBook:
    """The lanes of one transaction, by topic and subject."""

    def __init__(self, connection: Connection, group: str, lanes: dict[Key, Lane]) -> None:
        self._connection = connection
        self._group = group
        self._lanes = lanes
        self._remembered: dict[Key, dict[int, int]] | None = None

    @classmethod
    def locked(cls, connection: Connection, group: str, keys: Iterable[Key]) -> "LaneBook":
        """Lock the lanes in sorted order, making those that are missing. Waits for who holds them."""
        wanted = sorted(set(keys))
        lanes = _locked(connection, [(_LOCK, _values(group, wanted))]) if wanted else {}
        missing = [key for key in wanted if key not in lanes]
        if missing:
            values = _values(group, missing)
            lanes |= _locked(connection, [(_CREATE, values), (_LOCK, values)])
        with_holes = [key for key, lane in lanes.items() if lane.hole_count]
        if with_holes:
            for topic, subject, first, last in connection.exec_driver_sql(_HOLES, _values(group, with_holes)):
                lanes[topic, subject].holes.append((first, last))
        return cls(connection, group, lanes)

    def __getitem__(self, key: Key) -> Lane:
        return self._lanes[key]

    def note_erased(self, subject: str) -> None:
        """The subject was erased in this transaction: its parked events are gone, later ones are dropped."""
        for lane in self._lanes.values():
            if lane.subject == subject:
                lane.is_parked, lane.is_erased = False, True

    def is_taken(self, lane: Lane, sequence: int, event_id: str) -> bool:
        """Whether a number that was seen is known to be another event's."""
        mark = lane.notes.get(sequence)
        if mark is None:
            if self._remembered is None:
                self._remembered = self._read_remembered()
            mark = self._remembered[lane.topic, lane.subject].get(sequence)
        return mark is not None and mark != crc32(event_id.encode())

    def _read_remembered(self) -> dict[Key, dict[int, int]]:
        rows = self._connection.exec_driver_sql(_REMEMBERED, _values(self._group, sorted(self._lanes)))
        return {(row.topic, row.subject): dict(_NOTE.iter_unpack(row.remembered)) for row in rows}

    def save(self) -> None:
        """Write what changed, together with the commit."""
        changed = [lane for lane in self._lanes.values() if lane.is_changed]
        if changed:
            rows = [
                {
                    "topic": lane.topic,
                    "subject": lane.subject,
                    "last_sequence": lane.last_sequence,
                    "hole_count": len(lane.holes),
                    "notes": b"".join(_NOTE.pack(*note) for note in lane.notes.items()).hex(),
                }
                for lane in changed
            ]
            values = {"group": self._group, "lanes": json.dumps(rows), "most": REMEMBERED * _NOTE.size}
            write_later(self._connection, _SAVE, values)
        for lane in changed:
            if lane.has_changed_holes:
                self._save_holes(lane)

    def _save_holes(self, lane: Lane) -> None:
        key = (self._group, lane.topic, lane.subject)
        write_later(self._connection, _FORGET_HOLES, key)
        for first, last in lane.holes:
            write_later(self._connection, _SAVE_HOLE, (*key, first, last))


def _locked(connection: Connection, statements: list[Statement]) -> dict[Key, Lane]:
    """The lanes that the last statement finds; all in one round trip."""
    lanes = [Lane(*row) for row in ask_together(connection, statements)[-1]]
    return {(lane.topic, lane.subject): lane for lane in lanes}


def _values(group: str, keys: list[Key]) -> dict[str, object]:
    lanes = [{"topic": topic, "subject": subject} for topic, subject in keys]
    return {"group": group, "lanes": json.dumps(lanes)}
