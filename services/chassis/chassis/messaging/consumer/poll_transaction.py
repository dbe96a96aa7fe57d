"""What becomes of each event of a poll, inside one transaction.

not the topic owner's             dead letter that touches no lane; only so many are kept
seen before (number not new)      dropped
number is another event's         dead letter, and an alarm
the last word on its subject      handled, whatever is parked before it; nothing has an effect any more. Where
                                  that cannot be now, the consumer waits: it is never parked
its subject was erased            dropped
its lane is parked                queued behind the others of its lane
no usable envelope, bad data      dead letter; the lane goes on
type without a handler here       counted and skipped; the lane goes on
tombstone                         the subject is forgotten where somebody asked for that; counted
handled                           the effect, the lane's number, its jobs and events commit together
handler raises                    the transaction is void: see `consumer.error_table`
"""

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import Connection

from chassis.database.unit_of_work import UnitOfWork
from chassis.failures import NeverPossible
from chassis.messaging.consumer.flood import FloodGauges
from chassis.messaging.consumer.lanes import Lane, LaneBook
from chassis.messaging.consumer.one_event import lay_aside, take_or_lay_aside
from chassis.messaging.consumer.parking import park_event, park_lane
from chassis.messaging.consumer.reading import Incoming
from chassis.messaging.consumer.tally import Tally
from chassis.messaging.dead_letters.foreign import RoomForForeign
from chassis.messaging.envelope import Envelope
from chassis.telemetry import traces

FOREIGN = frozenset({"foreign", "foreign_not_kept"})

_SEE = """
INSERT INTO seen_events (consumer_group, source, event_id)
SELECT %(group)s, source, id FROM unnest(%(sources)s::text[], %(ids)s::text[]) AS event (source, id)
ORDER BY source, id ON CONFLICT DO NOTHING RETURNING source, event_id
"""


class PollTransaction:
    """One transaction over some events of one group, in the order in which they were read."""

    def __init__(
        self,
        work: UnitOfWork,
        group: str,
        flood: FloodGauges,
        items: Sequence[Incoming],
        topics: Collection[str],
    ) -> None:
        self._work = work
        self._connection: Connection = work.connection
        self._group = group
        self._flood = flood
        self._items = items
        self._tally = Tally()
        self._lanes = LaneBook.locked(self._connection, group, _lanes_of(items, topics))
        self._unseen = self._see_events_without_number()
        self._room = RoomForForeign(self._connection, group)

    def apply(self) -> Tally:
        """Handle the events and write the lanes; a handler's exception passes through."""
        for item in self._items:
            outcome = self._become(item)
            self._tally.covered += 1
            self._tally.outcomes[item.record.topic, outcome] += 1
            partition = (item.record.topic, item.record.partition)
            if outcome in FOREIGN:
                continue
            if outcome != "dead":
                self._flood.note_good(partition)
            elif self._flood.note_dead(partition, item.envelope.subject if item.envelope else ""):
                self._tally.is_flooded = True
                break
        self._lanes.save()
        self._flood.save(self._connection)
        return self._tally

    def _become(self, item: Incoming) -> str:
        if item.is_foreign and item.failure is not None:
            return self._foreign(item, item.failure)
        if item.lane is None or item.envelope is None:
            return take_or_lay_aside(self._work, self._group, item, self._tally)
        lane = self._lanes[item.lane]
        if not self._is_new(item, lane):
            return self._seen(item.envelope, item, lane)
        self._advance(item, lane)
        return self._take(item, lane)

    def _take(self, item: Incoming, lane: Lane) -> str:
        if item.is_last_word and item.failure is None and item.not_now is None:
            outcome = item.take_effect(self._work)
            self._lanes.note_erased(lane.subject)
            return outcome
        if lane.is_erased and not item.is_last_word:
            return "erased"
        if lane.is_parked or item.not_now is not None:
            self._park(item, lane)
            return "parked"
        return take_or_lay_aside(self._work, self._group, item, self._tally)

    def _park(self, item: Incoming, lane: Lane) -> None:
        park_event(self._connection, self._group, lane.subject, item.record)
        cause = item.not_now
        if cause is None or lane.is_parked:
            return
        lane.is_parked = True
        key = (self._connection, self._group, lane.topic, lane.subject)
        with traces.continued(item.envelope.traceparent if item.envelope else None):
            self._work.defer(park_lane(*key, cause=cause, attempt=1))
        facts: dict[str, object] = {"topic": lane.topic, "subject": lane.subject}
        self._tally.findings.append(("lane parked", facts | {"code": cause.code, "message": cause.message}))

    def _foreign(self, item: Incoming, cause: NeverPossible) -> str:
        """Records of others than the owner may neither fill our tables nor stop us."""
        if not self._room.take(item.record.topic, cause.code):
            self._tally.not_kept[item.record.topic, cause.code] += 1
            return "foreign_not_kept"
        lay_aside(self._work, self._group, item, cause, self._tally)
        return "foreign"

    def _seen(self, envelope: Envelope, item: Incoming, lane: Lane) -> str:
        """Drop what came again; another event of the same number is no repetition."""
        number = envelope.sequence
        if number is None or not self._lanes.is_taken(lane, number, envelope.id):
            return "seen"
        taken = NeverPossible("sequence_taken", f"Number {number} was another event's before this one came.")
        outcome = lay_aside(self._work, self._group, item, taken, self._tally)
        if outcome == "dead":
            self._tally.taken[lane.topic] += 1
            facts: dict[str, object] = {"topic": lane.topic, "subject": lane.subject, "sequence": number}
            self._tally.alarms.append(("sequence number given twice", facts | {"event_id": envelope.id}))
        return outcome

    def _is_new(self, item: Incoming, lane: Lane) -> bool:
        assert item.envelope is not None  # noqa: S101 - the caller looked
        if item.envelope.sequence is not None:
            return lane.is_new(item.envelope.sequence)
        key = (item.envelope.source, item.envelope.id)
        if key not in self._unseen:
            return False
        self._unseen.discard(key)
        return True

    def _advance(self, item: Incoming, lane: Lane) -> None:
        sequence = item.envelope.sequence if item.envelope else None
        if sequence is None:
            return
        before = lane.last_sequence
        lane.note(sequence, item.envelope.id if item.envelope else "")
        jumped = lane.advance(sequence, leaves_holes=not item.is_compacted)
        if jumped:
            self._tally.jumped[lane.topic] += jumped
            facts: dict[str, object] = {"topic": lane.topic, "subject": lane.subject}
            facts |= {"last_seen": before, "next_seen": sequence}
            self._tally.findings.append(("hole in lane", facts))

    def _see_events_without_number(self) -> set[tuple[str, str]]:
        """Of events that carry no sequence, those whose source and id were never seen."""
        keys = {
            (item.envelope.source, item.envelope.id)
            for item in self._items
            if item.envelope is not None and item.lane is not None and item.envelope.sequence is None
        }
        if not keys:
            return set()
        values: dict[str, Any] = {
            "group": self._group,
            "sources": [source for source, _ in keys],
            "ids": [event_id for _, event_id in keys],
        }
        return {(row[0], row[1]) for row in self._connection.exec_driver_sql(_SEE, values)}


def _lanes_of(items: Sequence[Incoming], topics: Collection[str]) -> list[tuple[str, str]]:
    """The lanes of the items; for one that ends its subject, those of all topics of the group.

    So a consumer that handles its first event on another topic is waited for, or sees that it was erased,
    and two that end it, each on a topic of its own, do not wait for each other in a ring.
    """
    lanes = {item.lane for item in items if item.lane is not None}
    ended = {item.lane[1] for item in items if item.lane is not None and item.ends_its_subject}
    return [*lanes, *((topic, subject) for topic in topics for subject in ended)]
