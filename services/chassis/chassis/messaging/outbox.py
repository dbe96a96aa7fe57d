"""The outbox: events become rows in the transaction of the state that they tell about.

    events = Outbox(type_prefix="gangway", source="/gangway/onboarding", schemas_url="https://…/schemas")
    Database(url, events=events)                    # `work.emit(event)` ends up in `Outbox.write`

One statement per commit takes the numbers and writes the rows; after the commit the relays are woken, or
told that there is something that may wait. The counter row of a (topic, subject) is also the lock that keeps
the commits of one subject in the order of their numbers: it is taken at flush, in sorted order, and held
until the commit.
"""

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any
from zlib import crc32

from sqlalchemy import Connection

from chassis.database.round_trips import notify_after_commit, write_later
from chassis.events import OutgoingEvent
from chassis.failures import NeverPossible
from chassis.messaging.published_schemas import file_name

WAKE_CHANNEL = "gangway_outbox"
# What is told there after a commit whose events all may wait.
MAY_WAIT = "may wait"
SHARDS = 16
# Kafka refuses records above 1 MiB; a row that can never be sent must not get into the outbox.
LARGEST_VALUE_BYTES = 768 * 1024

_WRITE = """
WITH given AS MATERIALIZED (
    SELECT * FROM json_to_recordset(%(events)s::json) AS event (
        place int, later int, id uuid, topic text, subject text, shard int, type text, dataschema text,
        occurred_at timestamptz, traceparent text, data text)
), wanted AS (
    SELECT topic, subject, count(*) AS events
    FROM given GROUP BY topic, subject ORDER BY topic, subject
), numbered AS (
    INSERT INTO outbox_counters AS counter (topic, subject, last_sequence)
    SELECT topic, subject, events FROM wanted ORDER BY topic, subject
    ON CONFLICT (topic, subject) DO UPDATE SET last_sequence = counter.last_sequence + EXCLUDED.last_sequence
    RETURNING topic, subject, last_sequence
), written AS (
    INSERT INTO outbox
        (event_id, topic, subject, sequence, shard, type, dataschema, source, occurred_at, traceparent, data)
    SELECT event.id, event.topic, event.subject, numbered.last_sequence - event.later, event.shard,
           event.type, event.dataschema, %(source)s, event.occurred_at, event.traceparent,
           convert_to(event.data, 'UTF8')
    FROM given AS event JOIN numbered USING (topic, subject)
    ORDER BY event.place
    RETURNING position
)
SELECT count(*) FROM written
"""


class Outbox:
    """Writes events as rows; ``type_prefix`` and ``source`` become parts of each CloudEvent.

    ``schemas_url`` is where the schemas of the data are published; without it, events name none.
    """

    def __init__(self, *, type_prefix: str, source: str, schemas_url: str | None = None) -> None:
        self._type_prefix = type_prefix
        self._source = source
        self._schemas_url = schemas_url

    def write(self, connection: Connection, events: list[OutgoingEvent]) -> None:
        """Number and write the events in their order; raises NeverPossible for one too large to send."""
        if not events:
            return
        rows, later = [], Counter[tuple[str, str]]()
        for place, event in reversed(list(enumerate(events))):
            lane = event.topic, event.subject
            rows.append(self._row(event, place, later[lane]))
            later[lane] += 1
        values = {"events": json.dumps(rows, ensure_ascii=False), "source": self._source}
        write_later(connection, _WRITE, values)
        notify_after_commit(connection, WAKE_CHANNEL, MAY_WAIT if all(e.may_wait for e in events) else "")

    def _row(self, event: OutgoingEvent, place: int, later: int) -> dict[str, Any]:
        """``later`` is how many events of its topic and subject follow it."""
        return {
            "place": place,
            "later": later,
            "id": str(event.id),
            "topic": event.topic,
            "subject": event.subject,
            "shard": shard_of(event.subject),
            "type": f"{self._type_prefix}.{event.name}.v{event.version}",
            "dataschema": self._schemas_url
            and f"{self._schemas_url}/{file_name(event.name, event.version, for_readers=True)}",
            "occurred_at": event.occurred_at.isoformat(),
            "traceparent": event.traceparent,
            "data": _encoded(event),
        }


def shard_of(subject: str) -> int:
    """The shard that all events of a subject share, whatever their topic."""
    return crc32(subject.encode()) % SHARDS


def encoded_json(data: Mapping[str, Any]) -> str:
    """Compact JSON; raises ValueError for NaN, which JSON does not know."""
    return json.dumps(data, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _encoded(event: OutgoingEvent) -> str | None:
    if event.data is None:
        return None
    value = encoded_json(event.data)
    # At most four bytes a character: most events need no count of bytes.
    if len(value) * 4 > LARGEST_VALUE_BYTES and len(value.encode()) > LARGEST_VALUE_BYTES:
        raise NeverPossible("event_too_large", f"The data of {event.name} is too large for a record.")
    return value
