"""Lay an event aside as a dead letter, with its copy, in the transaction of the lane's number."""

import hashlib

from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from chassis import traces
from chassis.failures import NeverPossible
from chassis.messaging.envelope import Envelope
from chassis.messaging.outbox import WAKE_CHANNEL, shard_of
from chassis.messaging.records import Headers, Record, headers_to_json
from chassis.round_trips import notify_after_commit, write_later

_WRITE = """
INSERT INTO dead_letters (id, consumer_group, topic, partition, record_offset, record_timestamp_ms,
    record_key, record_value, record_headers, record_digest,
    event_id, event_type, subject, sequence, code, message)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
ON CONFLICT DO NOTHING RETURNING id
"""
_COPY = """
WITH numbered AS (
    INSERT INTO outbox_counters AS counter VALUES (%(topic)s, %(subject)s, 1)
    ON CONFLICT (topic, subject) DO UPDATE SET last_sequence = counter.last_sequence + 1
    RETURNING last_sequence
)
INSERT INTO outbox (event_id, topic, subject, sequence, shard, type, source, occurred_at, traceparent, data,
                    record_key, record_headers)
SELECT %(id)s, %(topic)s, %(subject)s, last_sequence, %(shard)s, 'dead letter', '', now(), %(trace)s,
       %(value)s, %(key)s, %(headers)s
FROM numbered
"""


def dead_letter_topic(topic: str, group: str) -> str:
    return f"{topic}.{group}.dlq"


def write_dead_letter(
    connection: Connection, group: str, record: Record, envelope: Envelope | None, cause: NeverPossible
) -> bool:
    """Keep the record untouched; return False when this very record is a dead letter already."""
    letter_id = uuid7()
    digest = hashlib.sha256(record.value or b"").digest()
    place = (group, record.topic, record.partition, record.offset, record.timestamp, record.key, record.value)
    told = (None, None, None, None)
    if envelope is not None:
        told = (envelope.id, envelope.type, envelope.subject, envelope.sequence)  # type: ignore[assignment]
    values = (letter_id, *place, headers_to_json(record.headers), digest, *told, cause.code, cause.message)
    if connection.exec_driver_sql(_WRITE, values).first() is None:
        return False
    subject = envelope.subject if envelope else f"{record.topic}/{record.partition}"
    write_later(
        connection,
        _COPY,
        {
            "id": letter_id,
            "topic": dead_letter_topic(record.topic, group),
            "subject": subject,
            "shard": shard_of(subject),
            "trace": traces.current(),
            "value": record.value,
            "key": record.key,
            "headers": headers_to_json([*(record.headers or ()), *_told_in_headers(group, record, cause)]),
        },
    )
    notify_after_commit(connection, WAKE_CHANNEL)
    return True


def _told_in_headers(group: str, record: Record, cause: NeverPossible) -> Headers:
    """Where the copy came from and why it is dead; after the headers that came with the event."""
    told = {
        "dlq-group": group,
        "dlq-topic": record.topic,
        "dlq-partition": str(record.partition),
        "dlq-offset": str(record.offset),
        "dlq-code": cause.code,
        "dlq-message": cause.message,
    }
    return [(name, value.encode()) for name, value in told.items()]
