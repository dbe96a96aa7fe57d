"""The relay's view of the outbox table: rows to send, and the mark on rows that were acknowledged.

Until a vacuum, the index of unpublished rows keeps an entry of each row that was sent, and every read would
pass over them again: a long backlog would be sent more slowly the more of it is gone. So reads begin above a
floor. Rows do not commit in the order of their positions, hence a floor rises only over positions whose
transactions have all ended.
"""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import psycopg

from chassis.messaging.envelope import write_headers
from chassis.messaging.records import Headers, headers_from_json

# One short scan of outbox_unpublished per shard: a sort over a long backlog would cost more than sending it.
# The shard is given as a range and sorted by, because only that index can answer so: for one shard in the
# order of positions, the planner also considers the primary key, which leads through all published rows.
_READ = """
SELECT row.* FROM unnest(%(shards)s::smallint[], %(floors)s::bigint[]) AS wanted (shard, floor)
CROSS JOIN LATERAL (
    SELECT position, shard, topic, subject, event_id::text, sequence, type, dataschema, source, occurred_at,
           traceparent, data, record_key, record_headers
    FROM outbox
    WHERE published_at IS NULL AND shard BETWEEN wanted.shard AND wanted.shard AND position > wanted.floor
      AND NOT position = ANY(%(in_flight)s::bigint[])
      AND NOT EXISTS (
          SELECT FROM unnest(%(held_topics)s::text[], %(held_subjects)s::text[]) AS held (topic, subject)
          WHERE held.topic = outbox.topic AND (held.subject IS NULL OR held.subject = outbox.subject))
    ORDER BY shard, position LIMIT %(limit)s
) AS row
"""
_LOWEST = """
SELECT wanted.shard, lowest.position, pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
       CASE WHEN %(is_number_wanted)s THEN pg_current_xact_id()::text::bigint END
FROM unnest(%(shards)s::smallint[], %(floors)s::bigint[]) AS wanted (shard, floor)
LEFT JOIN LATERAL (
    SELECT position FROM outbox
    WHERE published_at IS NULL AND shard BETWEEN wanted.shard AND wanted.shard AND position > wanted.floor
    ORDER BY shard, position LIMIT 1
) AS lowest ON true
"""
# Without "and published_at IS NULL": where statistics tell of no unpublished rows, the planner would look for
# the positions by reading all of outbox_unpublished.
_MARK = "UPDATE outbox SET published_at = clock_timestamp() WHERE position = ANY(%s::bigint[])"


class PendingRow(NamedTuple):
    """One unpublished row; ``record_headers`` is set for copies of dead letters, sent as they came."""

    position: int
    shard: int
    topic: str
    subject: str
    event_id: str
    sequence: int
    type: str
    dataschema: str | None
    source: str
    occurred_at: datetime
    traceparent: str | None
    data: bytes | None
    record_key: bytes | None
    record_headers: list[list[str]] | None

    def key(self) -> bytes | None:
        return self.subject.encode() if self.record_headers is None else self.record_key

    def headers(self) -> Headers:
        if self.record_headers is not None:
            return headers_from_json(self.record_headers)
        return write_headers(
            event_id=self.event_id,
            type=self.type,
            source=self.source,
            subject=self.subject,
            sequence=self.sequence,
            occurred_at=self.occurred_at,
            dataschema=self.dataschema,
            traceparent=self.traceparent,
        )


class _Lowest(NamedTuple):
    """The first unpublished row of one shard, and two numbers of transactions, alike in all rows."""

    shard: int
    position: int | None
    oldest_running: int
    number: int | None


class PendingRows:
    """Reads and marks on the session that holds the shard locks, so that a lost lock is an error here."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        self._connection = connection
        self._floors: dict[int, int] = {}
        self._highest_read = 0
        # Every transaction that wrote a row up to `settled` has ended. Of those up to `settling` each had its
        # number before `settling_before` was given out: it took one for the counter row, then the position.
        self._settled = self._settling = self._settling_before = 0
        self.marked_since_raise = 0

    def raise_floors(self, shards: Collection[int], *, from_the_start: bool) -> None:
        """Let the next reads of these shards begin at their first unpublished row; others lose their floor.

        ``from_the_start`` also finds rows below the floors: those that were unmarked to be sent again.
        """
        floors = {} if from_the_start else self._floors
        values = {
            "shards": list(shards),
            "floors": [floors.get(shard, 0) for shard in shards],
            "is_number_wanted": self._highest_read > self._settling,
        }
        found = self._connection.execute(_LOWEST, values, binary=True).fetchall()
        lowest = [_Lowest._make(row) for row in found]
        for of_shard in lowest[:1]:
            self._settle(of_shard.oldest_running, of_shard.number)
        self._floors = {
            shard: self._settled if position is None else min(self._settled, position - 1)
            for shard, position, _, _ in lowest
        }
        self.marked_since_raise = 0

    def _settle(self, oldest_running: int, number: int | None) -> None:
        """``number`` was given to our own transaction, after all rows that were read by now."""
        if oldest_running < self._settling_before:
            return
        self._settled = self._settling
        if number is not None:
            self._settling, self._settling_before = self._highest_read, number

    def read(
        self,
        shards: Collection[int],
        *,
        in_flight: Collection[int],
        held: Collection[tuple[str, str | None]],
        limit_per_shard: int,
    ) -> list[PendingRow]:
        """Rows not yet published, each shard's in their order; held lanes and rows in flight left out."""
        held = list(held)
        values = {
            "shards": list(shards),
            "floors": [self._floors.get(shard, 0) for shard in shards],
            "in_flight": _array(in_flight),
            "held_topics": [topic for topic, _ in held],
            "held_subjects": [subject for _, subject in held],
            "limit": limit_per_shard,
        }
        found = self._connection.execute(_READ, values, binary=True).fetchall()
        rows = [PendingRow._make(row) for row in found]
        self._highest_read = max([self._highest_read, *(row.position for row in rows)])
        return rows

    def mark_published(self, positions: list[int]) -> None:
        """Note that the broker has the rows. Lost marks only send rows again."""
        self._connection.execute(_MARK, (_array(positions),))
        self.marked_since_raise += len(positions)


def _array(positions: Collection[int]) -> str:
    """PostgreSQL's own way to write an array: far faster than the driver's element by element."""
    return "{" + ",".join(map(str, positions)) + "}"
