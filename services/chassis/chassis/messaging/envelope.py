"""CloudEvents 1.0 on Kafka: outbox rows become records, records become events.

Written in binary mode; read in binary and in structured mode, which the content type tells apart
(Kafka protocol binding 1.0.2, section 3). Sequence numbers follow the "sequence" extension,
``traceparent`` the distributed tracing extension.
"""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from chassis.events import ReceivedEvent
from chassis.failures import NeverPossible
from chassis.messaging.records import Headers, Record

JSON_TYPE = b"application/json"
LONGEST_ID = 512
_STRUCTURED = re.compile(r"application/cloudevents\+json\b")
_BATCHED = re.compile(r"application/cloudevents-batch\b")
_JSON = re.compile(r"(application|text)/([\w.-]+\+)?json\b")
_NAME_AND_VERSION = re.compile(r"(.+)\.v([1-9][0-9]*)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Envelope(NamedTuple):
    """What a record says about itself; ``data`` is not decoded yet in binary mode."""

    id: str
    source: str
    type: str
    subject: str
    sequence: int | None
    time: str | None
    traceparent: str | None
    data: Any
    is_decoded: bool


def write_headers(
    *,
    event_id: str,
    type: str,
    source: str,
    subject: str,
    sequence: int,
    occurred_at: datetime,
    dataschema: str | None,
    traceparent: str | None,
) -> list[tuple[str, bytes]]:
    """The attributes of one event as record headers (binary mode)."""
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", event_id.encode()),
        ("ce_type", type.encode()),
        ("ce_source", source.encode()),
        ("ce_subject", subject.encode()),
        ("ce_time", occurred_at.isoformat().encode()),
        ("ce_sequence", b"%d" % sequence),
        ("content-type", JSON_TYPE),
    ]
    if dataschema is not None:
        headers.append(("ce_dataschema", dataschema.encode()))
    if traceparent is not None:
        headers.append(("traceparent", traceparent.encode()))
    return headers


def read_envelope(record: Record) -> Envelope:
    """Who the record is and which lane it belongs to; raises NeverPossible for no usable CloudEvent."""
    attributes = _attributes(record.headers)
    content_type = attributes.get("content-type", "application/json")
    if _BATCHED.match(content_type):
        raise NeverPossible("envelope_batched", "Batched CloudEvents are not read here.")
    if _STRUCTURED.match(content_type):
        return _structured(record)
    if not _JSON.match(content_type):
        raise NeverPossible("envelope_content_type", f"Data of type {content_type[:80]!r} cannot be read.")
    named = {name[3:]: value for name, value in attributes.items() if name.startswith("ce_")}
    named.setdefault("traceparent", attributes.get("traceparent", ""))
    return _envelope(named, record, record.value, is_decoded=False)


def is_bare_tombstone(record: Record) -> bool:
    """A compacted topic's "forget this key" without a CloudEvent around it."""
    return record.value is None and not any(name == "ce_type" for name, _ in record.headers or ())


def envelope_of_bare_tombstone(record: Record) -> Envelope:
    """What stands in for the missing CloudEvent; raises NeverPossible without a usable key.

    Its place is its id.
    """
    subject = _key_text(record.key)
    if not subject or len(subject) > LONGEST_ID or _CONTROL.search(subject):
        raise NeverPossible("tombstone_without_key", "Nobody can tell whom this tombstone is about.")
    return Envelope(
        # A new cluster reuses offsets, hence the time.
        id=f"{record.partition}/{record.offset}/{record.timestamp}",
        source=record.topic,
        type="",
        subject=subject,
        sequence=None,
        time=None,
        traceparent=None,
        data=None,
        is_decoded=True,
    )


def split_type(type: str, prefix: str) -> tuple[str, int] | None:
    """Name and version behind our prefix; None for a type that cannot be one of ours."""
    if not type.startswith(f"{prefix}."):
        return None
    found = _NAME_AND_VERSION.fullmatch(type[len(prefix) + 1 :])
    return (found[1], int(found[2])) if found else None


def read_event(record: Record, envelope: Envelope, name: str, version: int) -> ReceivedEvent:
    """The event with its data decoded; raises NeverPossible where the data is no JSON object."""
    data = envelope.data if envelope.is_decoded else _decoded(envelope.data)
    if not isinstance(data, dict):
        raise NeverPossible("data_not_an_object", "The data is not a JSON object.")
    return ReceivedEvent(
        id=envelope.id,
        name=name,
        version=version,
        source=envelope.source,
        subject=envelope.subject,
        sequence=envelope.sequence,
        occurred_at=_time(envelope.time, record.timestamp),
        data=data,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        traceparent=envelope.traceparent,
    )


def _attributes(headers: Headers) -> dict[str, str]:
    try:
        return {name.lower(): (value or b"").decode() for name, value in headers or ()}
    except UnicodeDecodeError as error:
        raise NeverPossible("envelope_not_utf8", "A header is not UTF-8.") from error


def _structured(record: Record) -> Envelope:
    document = _decoded(record.value)
    if not isinstance(document, dict):
        raise NeverPossible("envelope_not_an_object", "The structured CloudEvent is not a JSON object.")
    named = {name: str(value) for name, value in document.items() if name != "data" and value is not None}
    return _envelope(named, record, document.get("data"), is_decoded=True)


def _envelope(named: Mapping[str, str], record: Record, data: Any, *, is_decoded: bool) -> Envelope:
    if named.get("specversion") != "1.0":
        raise NeverPossible("envelope_missing", "The record is no CloudEvent 1.0 (ce_specversion).")
    subject = named.get("subject") or _key_text(record.key)
    required = {"id": named.get("id"), "source": named.get("source"), "type": named.get("type")}
    for name, value in (*required.items(), ("subject", subject)):
        if not value or len(value) > LONGEST_ID or _CONTROL.search(value):
            raise NeverPossible("envelope_invalid", f"The attribute {name} is missing or unusable.")
    return Envelope(
        id=named["id"],
        source=named["source"],
        type=named["type"],
        subject=subject,
        sequence=_sequence(named.get("sequence")),
        time=named.get("time"),
        traceparent=named.get("traceparent") or None,
        data=data,
        is_decoded=is_decoded,
    )


def _key_text(key: bytes | None) -> str:
    try:
        return (key or b"").decode()
    except UnicodeDecodeError:
        return ""


def _sequence(text: str | None) -> int | None:
    if text is None or not (text.isascii() and text.isdecimal()) or len(text) > 18:
        return None
    return int(text) or None


def _decoded(value: Any) -> Any:
    if value is None:
        raise NeverPossible("data_missing", "The record has no value.")
    try:
        return json.loads(value)
    except (ValueError, RecursionError) as error:
        raise NeverPossible("data_not_json", "The value is not JSON.") from error


def _time(text: str | None, timestamp_ms: int) -> datetime:
    """RFC 3339 time of the event; the record's own time where it says none or nonsense."""
    if text:
        try:
            moment = datetime.fromisoformat(text)
            return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        except ValueError:
            pass
    return datetime.fromtimestamp(max(timestamp_ms, 0) / 1000, UTC)
