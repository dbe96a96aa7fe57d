"""The relay's view of the outbox table: rows to send, and the mark on rows that were acknowledged."""

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
SELECT row.* FROM unnest(%(shards)s::smallint[]) AS wanted (shard) CROSS JOIN LATERAL (
    SELECT position, shard, topic, subject, event_id::text, sequence, type, dataschema, source, occurred_at,
           traceparent, data, record_key, record_headers
    FROM outbox
    WHERE published_at IS NULL AND shard BETWEEN wanted.shard AND wanted.shard
      AND NOT position = ANY(%(in_flight)s::bigint[])
      AND NOT EXISTS (
          SELECT FROM unnest(%(held_topics)s::text[], %(held_subjects)s::text[]) AS held (topic, subject)
          WHERE held.topic = outbox.topic AND (held.subject IS NULL OR held.subject = outbox.subject))
    ORDER BY shard, position LIMIT %(limit)s
) AS row
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


class PendingRows:
    """Reads and marks on the session that holds the shard locks, so that a lost lock is an error here."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        self._connection = connection

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
            "in_flight": _array(in_flight),
            "held_topics": [topic for topic, _ in held],
            "held_subjects": [subject for _, subject in held],
            "limit": limit_per_shard,
        }
        found = self._connection.execute(_READ, values, binary=True).fetchall()
        return [PendingRow._make(row) for row in found]

    def mark_published(self, positions: list[int]) -> None:
        """Note that the broker has the rows. Lost marks only send rows again."""
        self._connection.execute(_MARK, (_array(positions),))


def _array(positions: Collection[int]) -> str:
    """PostgreSQL's own way to write an array: far faster than the driver's element by element."""
    return "{" + ",".join(map(str, positions)) + "}"
