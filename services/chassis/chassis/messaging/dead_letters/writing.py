"""Lay an event aside as a dead letter, with its copy, in the transaction of the lane's number."""

import hashlib
from uuid import UUID

from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from chassis.database.round_trips import notify_after_commit, write_later
from chassis.failures import NeverPossible
from chassis.messaging.envelope import Envelope
from chassis.messaging.outbox import LARGEST_VALUE_BYTES, WAKE_CHANNEL, shard_of
from chassis.messaging.records import Headers, Record, headers_to_json
from chassis.telemetry import traces

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
    connection: Connection,
    group: str,
    record: Record,
    envelope: Envelope | None,
    cause: NeverPossible,
    *,
    is_copied: bool = True,
) -> bool:
    """Keep the record untouched; return False when this very record is a dead letter already.

    ``is_copied``: a copy goes to the dead letter topic too, unless it would be too large for a record.
    """
    letter_id = uuid7()
    digest = hashlib.sha256(record.value or b"").digest()
    place = (group, record.topic, record.partition, record.offset, record.timestamp, record.key, record.value)
    told = (None, None, None, None)
    if envelope is not None:
        texts = (envelope.id or None, envelope.type or None, envelope.subject or None)
        told = (*texts, envelope.sequence)  # type: ignore[assignment]
    values = (letter_id, *place, headers_to_json(record.headers), digest, *told, cause.code, cause.message)
    if connection.exec_driver_sql(_WRITE, values).first() is None:
        return False
    if is_copied and _size(record) <= LARGEST_VALUE_BYTES:
        headers = _told_in_headers(group, record, cause)
        subject = (envelope.subject if envelope else "") or f"{record.topic}/{record.partition}"
        _copy(connection, letter_id, record, group=group, subject=subject, headers=headers)
    return True


def _size(record: Record) -> int:
    headers = sum(len(name.encode()) + len(value or b"") for name, value in record.headers or ())
    return len(record.key or b"") + len(record.value or b"") + headers


def _copy(
    connection: Connection, letter_id: UUID, record: Record, *, group: str, subject: str, headers: Headers
) -> None:
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
            "headers": headers_to_json([*(record.headers or ()), *headers]),
        },
    )
    notify_after_commit(connection, WAKE_CHANNEL)


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
