"""The outbox: events become rows in the transaction of the state that they tell about.

    events = Outbox(type_prefix="gangway", source="/gangway/onboarding")
    Database(url, events=events)                    # `work.emit(event)` ends up in `Outbox.write`

One statement per commit takes the numbers, writes the rows and wakes the relays. The counter row of a
(topic, subject) is also the lock that keeps the commits of one subject in the order of their numbers:
it is taken at flush, in sorted order, and held until the commit.
"""

import json
from collections.abc import Mapping
from typing import Any
from zlib import crc32

from sqlalchemy import Connection

from chassis.events import OutgoingEvent
from chassis.failures import NeverPossible

WAKE_CHANNEL = "gangway_outbox"
SHARDS = 16
# Kafka refuses records above 1 MiB; a row that can never be sent must not get into the outbox.
LARGEST_VALUE_BYTES = 768 * 1024

_WRITE = """
WITH wanted AS (
    SELECT topic, subject, count(*) AS events
    FROM unnest(%(topics)s::text[], %(subjects)s::text[]) AS event (topic, subject)
    GROUP BY topic, subject ORDER BY topic, subject
), numbered AS (
    INSERT INTO outbox_counters AS counter (topic, subject, last_sequence)
    SELECT topic, subject, events FROM wanted ORDER BY topic, subject
    ON CONFLICT (topic, subject) DO UPDATE SET last_sequence = counter.last_sequence + EXCLUDED.last_sequence
    RETURNING topic, subject, last_sequence
), written AS (
    INSERT INTO outbox
        (event_id, topic, subject, sequence, shard, type, dataschema, source, occurred_at, traceparent, data)
    SELECT event.id, event.topic, event.subject, numbered.last_sequence - event.later, event.shard,
           event.type, event.dataschema, %(source)s, event.occurred_at, event.traceparent, event.data
    FROM unnest(
        %(ids)s::uuid[], %(topics)s::text[], %(subjects)s::text[], %(later)s::int[], %(shards)s::int[],
        %(types)s::text[], %(schemas)s::text[], %(times)s::timestamptz[], %(traces)s::text[],
        %(data)s::bytea[]
    ) WITH ORDINALITY AS event
        (id, topic, subject, later, shard, type, dataschema, occurred_at, traceparent, data, place)
    JOIN numbered USING (topic, subject)
    ORDER BY event.place
    RETURNING position
)
SELECT count(*), pg_notify('gangway_outbox', '') FROM written
"""


class Outbox:
    """Writes events as rows; ``type_prefix`` and ``source`` become parts of each CloudEvent."""

    def __init__(self, *, type_prefix: str, source: str) -> None:
        self._type_prefix = type_prefix
        self._source = source

    def write(self, connection: Connection, events: list[OutgoingEvent]) -> None:
        """Number and write the events in their order; raises NeverPossible for one too large to send."""
        if not events:
            return
        connection.exec_driver_sql(_WRITE, self._columns(events))

    def _columns(self, events: list[OutgoingEvent]) -> dict[str, Any]:
        return {
            "source": self._source,
            "ids": [event.id for event in events],
            "topics": [event.topic for event in events],
            "subjects": [event.subject for event in events],
            "later": _later_of_the_same_lane(events),
            "shards": [shard_of(event.subject) for event in events],
            "types": [f"{self._type_prefix}.{event.name}.v{event.version}" for event in events],
            "schemas": [f"urn:gangway:event:{event.name}:v{event.version}" for event in events],
            "times": [event.occurred_at for event in events],
            "traces": [event.traceparent for event in events],
            "data": [_encoded(event) for event in events],
        }


def shard_of(subject: str) -> int:
    """The shard that all events of a subject share, whatever their topic."""
    return crc32(subject.encode()) % SHARDS


def encoded_json(data: Mapping[str, Any]) -> bytes:
    """Compact UTF-8 JSON; raises ValueError for NaN, which JSON does not know."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def _encoded(event: OutgoingEvent) -> bytes:
    value = encoded_json(event.data)
    if len(value) > LARGEST_VALUE_BYTES:
        raise NeverPossible("event_too_large", f"{event.name} has {len(value)} bytes of data.")
    return value


def _later_of_the_same_lane(events: list[OutgoingEvent]) -> list[int]:
    """For each event, how many of its topic and subject follow it in the list."""
    later: dict[tuple[str, str], int] = {}
    counts = []
    for event in reversed(events):
        lane = (event.topic, event.subject)
        counts.append(later.get(lane, 0))
        later[lane] = counts[-1] + 1
    counts.reverse()
    return counts
