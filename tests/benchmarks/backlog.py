"""Events that wait: rows of an outbox, or the same as records; the example of `partner.applied` as data."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import cycle, islice
from uuid import uuid4

import psycopg
from tests.benchmarks.servers import REPOSITORY

from chassis.messaging.envelope import write_headers
from chassis.messaging.outbox import encoded_json, shard_of
from chassis.messaging.records import Headers

TYPE = "gangway.partner.applied.v1"
SCHEMA = "http://127.0.0.1:8000/schemas/partner.applied/v1.reader.schema.json"
SOURCE = "/gangway/onboarding"
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
_EXAMPLE = REPOSITORY / "contracts" / "events" / "partner.applied" / "v1.example.json"

_FILL = """
INSERT INTO outbox
    (event_id, topic, subject, sequence, shard, type, dataschema, source, occurred_at, traceparent, data,
     published_at)
SELECT gen_random_uuid(), %(topic)s, subject, sequence, shard, %(type)s, %(schema)s, %(source)s, now(),
       %(trace)s, %(data)s, %(published_at)s
FROM generate_series(1, %(each)s) AS sequence,
     unnest(%(subjects)s::text[], %(shards)s::smallint[]) AS lane (subject, shard)
"""


def value(**changed: str) -> bytes:
    """The data of an event as it stands in a record: the example's, but for the fields given."""
    return encoded_json(json.loads(_EXAMPLE.read_text()) | changed).encode()


def new_subjects(count: int) -> list[str]:
    """So many partners that nobody has heard of."""
    return [str(uuid4()) for _ in range(count)]


def fill_outbox(
    connection: psycopg.Connection[tuple[object, ...]],
    topic: str,
    subjects: list[str],
    events: int,
    published_at: datetime | None = None,
) -> None:
    """Insert so many events, the subjects by turns; statistics are renewed in the same transaction."""
    values = {
        "topic": topic,
        "subjects": subjects,
        "shards": [shard_of(subject) for subject in subjects],
        "each": events // len(subjects),
        "type": TYPE,
        "schema": SCHEMA,
        "source": SOURCE,
        "trace": TRACE,
        "data": value(),
        "published_at": published_at,
    }
    connection.execute(_FILL, values)
    connection.execute("ANALYZE outbox")


def records(subjects: list[str], events: int) -> Iterator[tuple[bytes, bytes, Headers]]:
    """Key, value and headers of the same events, as a relay would write them."""
    data = {subject: value(partner_id=subject) for subject in subjects}
    for place, subject in enumerate(islice(cycle(subjects), events)):
        headers = write_headers(
            event_id=str(uuid4()),
            type=TYPE,
            source=SOURCE,
            subject=subject,
            sequence=place // len(subjects) + 1,
            occurred_at=datetime.now(UTC),
            dataschema=SCHEMA,
            traceparent=TRACE,
        )
        yield subject.encode(), data[subject], headers
