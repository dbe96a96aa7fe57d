"""After a database was restored from a backup: go on with the numbers behind those that the topics have.

A database of an hour ago gives the numbers of that hour a second time. Consumers take such events for
repetitions, or for forged ones, and whoever keeps snapshots takes them for old. What was sent since is known
to all others, and to the topics; only its owner has forgotten it.
"""

import json
from collections.abc import Collection, Iterator, Sequence
from typing import NamedTuple

from kafka import KafkaConsumer, TopicPartition
from sqlalchemy import Connection

from chassis.messaging.envelope import EnvelopeRefused, read_envelope
from chassis.messaging.header_names import tolerate_header_names
from chassis.messaging.records import Record
from chassis.messaging.watched_client import opened
from chassis.settings.kafka_address import KafkaAddress

Lane = tuple[str, str]

_ANSWER_MS = 20_000
# Whoever may write to a topic may claim any number; such a one would use up all that are left.
MOST_FORGOTTEN = 1_000_000

_FORGOTTEN = """
SELECT given.topic, given.subject, coalesce(counter.last_sequence, 0), given.number
FROM json_to_recordset(%(given)s::json) AS given (topic text, subject text, number bigint)
LEFT JOIN outbox_counters AS counter ON counter.topic = given.topic AND counter.subject = given.subject
WHERE given.number > coalesce(counter.last_sequence, 0) ORDER BY 1, 2
"""
_RAISE = """
INSERT INTO outbox_counters AS counter (topic, subject, last_sequence)
SELECT topic, subject, number
FROM json_to_recordset(%(given)s::json) AS given (topic text, subject text, number bigint)
ORDER BY topic, subject
ON CONFLICT (topic, subject) DO UPDATE
    SET last_sequence = greatest(counter.last_sequence, EXCLUDED.last_sequence)
"""


class Forgotten(NamedTuple):
    """Of one subject on one topic: the last number that our database knows, and the last that was sent."""

    topic: str
    subject: str
    known: int
    given: int

    @property
    def is_usable(self) -> bool:
        return self.given - self.known <= MOST_FORGOTTEN

    def __str__(self) -> str:
        told = "" if self.is_usable else ": left as it is, too far ahead to be ours"
        return f"{self.topic} {self.subject}: {self.known + 1} to {self.given}{told}"


def newest_numbers(
    address: KafkaAddress, topics: Collection[str], sources: Collection[str]
) -> dict[Lane, int]:
    """The highest number of each lane that one of ``sources`` gave; reads the topics. Raises KafkaError."""
    newest: dict[Lane, int] = {}
    for record in _records(address, topics):
        try:
            envelope = read_envelope(record)
        except EnvelopeRefused:
            continue
        if envelope.source in sources and record.key == envelope.subject.encode() and envelope.sequence:
            lane = record.topic, envelope.subject
            newest[lane] = max(newest.get(lane, 0), envelope.sequence)
    return newest


def go_on_behind(connection: Connection, newest: dict[Lane, int]) -> Sequence[Forgotten]:
    """Raise the counters that are lower; return which, and those that nobody can have reached."""
    given = [{"topic": topic, "subject": subject, "number": at} for (topic, subject), at in newest.items()]
    rows = connection.exec_driver_sql(_FORGOTTEN, {"given": json.dumps(given)})
    forgotten = [Forgotten._make(row) for row in rows]
    raised = [
        {"topic": one.topic, "subject": one.subject, "number": one.given}
        for one in forgotten
        if one.is_usable
    ]
    connection.exec_driver_sql(_RAISE, {"given": json.dumps(raised)})
    return forgotten


def _records(address: KafkaAddress, topics: Collection[str]) -> Iterator[Record]:
    """All that the topics have now."""
    tolerate_header_names()
    consumer = opened(
        KafkaConsumer,
        address,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        allow_auto_create_topics=False,
        metrics_enabled=False,
    )
    try:
        partitions = [
            TopicPartition(topic, number)
            for topic in sorted(topics)
            for number in sorted(consumer.partitions_for_topic(topic) or ())
        ]
        consumer.assign(partitions)
        ends = consumer.end_offsets(partitions, timeout_ms=_ANSWER_MS)
        while any(consumer.position(one, timeout_ms=_ANSWER_MS) < end for one, end in ends.items()):
            for batch in consumer.poll(timeout_ms=500, max_records=5_000).values():
                yield from batch
    finally:
        consumer.close(autocommit=False)
