"""CloudEvents 1.0 on Kafka: outbox rows become records, records become events.

Written in binary mode; read in binary and in structured mode, which the content type tells apart
(Kafka protocol binding 1.0.2, section 3). Sequence numbers follow the "sequence" extension, padded with
zeros since they must sort as text; its ``sequencetype`` is left out, as Integer means 32 bits and one
count per source. ``traceparent`` follows the distributed tracing extension.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from chassis.events import ReceivedEvent
from chassis.failures import NeverPossible
from chassis.messaging.attributes import attributes_in, attributes_of, usable
from chassis.messaging.records import Record
from chassis.messaging.strict_json import decoded

JSON_TYPE = b"application/json"
HIGHEST_SEQUENCE = 2**63 - 1
SEQUENCE_DIGITS = len(str(HIGHEST_SEQUENCE))
# Times outside are a clock's nonsense, and reckoning with them overflows.
USABLE_YEARS = range(1970, 3000)
_STRUCTURED = re.compile(r"application/cloudevents\+json\b")
_BATCHED = re.compile(r"application/cloudevents-batch\b")
_JSON = re.compile(r"(application|text)/([\w.-]+\+)?json\b")
_NAME_AND_VERSION = re.compile(r"(.+)\.v([1-9][0-9]*)")


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
        ("ce_sequence", b"%0*d" % (SEQUENCE_DIGITS, sequence)),
        ("content-type", JSON_TYPE),
    ]
    if dataschema is not None:
        headers.append(("ce_dataschema", dataschema.encode()))
    if traceparent is not None:
        headers.append(("traceparent", traceparent.encode()))
    return headers


class EnvelopeRefused(NeverPossible):
    """No usable CloudEvent; ``known`` is what it says all the same, None without source and subject."""

    def __init__(self, code: str, message: str, known: Envelope | None) -> None:
        super().__init__(code, message)
        self.known = known


def read_envelope(record: Record) -> Envelope:
    """Who the record is and which lane it belongs to; raises EnvelopeRefused for no usable CloudEvent."""
    headers, failure = attributes_of(record.headers)
    content_type = headers.get("content-type", "application/json").strip().lower()
    if failure is None and content_type != "application/json":
        failure = _unread_type(content_type)
    is_structured = failure is None and bool(_STRUCTURED.match(content_type))
    if is_structured:
        named, data = _structured(record)
    else:
        named = {name[3:]: value for name, value in headers.items() if name.startswith("ce_")}
        named.setdefault("traceparent", headers.get("traceparent", ""))
        data = record.value
    envelope, missing = _envelope(named, record, data, is_decoded=is_structured)
    if failure := failure or missing:
        is_known = envelope.source and envelope.subject
        raise EnvelopeRefused(failure.code, failure.message, envelope if is_known else None)
    return envelope


def is_bare_tombstone(record: Record) -> bool:
    """Neither a value nor a CloudEvent: on most topics it says nothing at all."""
    return record.value is None and not any(name == "ce_type" for name, _ in record.headers or ())


def split_type(type: str, prefix: str) -> tuple[str, int] | None:
    """Name and version behind our prefix; None for a type that cannot be one of ours."""
    if not type.startswith(f"{prefix}."):
        return None
    found = _NAME_AND_VERSION.fullmatch(type[len(prefix) + 1 :])
    return (found[1], int(found[2])) if found else None


def read_event(record: Record, envelope: Envelope, name: str, version: int) -> ReceivedEvent:
    """The event with its data decoded; raises NeverPossible where the data is no JSON object."""
    data = envelope.data if envelope.is_decoded else decoded(envelope.data)
    if not isinstance(data, dict):
        raise NeverPossible("data_not_an_object", "The data is not a JSON object.")
    return ReceivedEvent(
        id=envelope.id,
        name=name,
        version=version,
        source=envelope.source,
        subject=envelope.subject,
        sequence=envelope.sequence,
        occurred_at=event_time(envelope.time, record.timestamp),
        data=data,
        topic=record.topic,
        partition=record.partition,
        offset=record.offset,
        traceparent=envelope.traceparent,
    )


def _unread_type(content_type: str) -> NeverPossible | None:
    if _BATCHED.match(content_type):
        return NeverPossible("envelope_batched", "Batched CloudEvents are not read here.")
    if _STRUCTURED.match(content_type) or _JSON.match(content_type):
        return None
    return NeverPossible("envelope_content_type", f"Data of type {content_type[:80]!r} cannot be read.")


def _structured(record: Record) -> tuple[dict[str, str], Any]:
    try:
        document = decoded(record.value)
    except NeverPossible as failure:
        raise EnvelopeRefused(failure.code, failure.message, None) from failure
    if not isinstance(document, dict):
        raise EnvelopeRefused("envelope_not_an_object", "The structured CloudEvent is no JSON object.", None)
    return attributes_in(document), document.get("data")


def _envelope(
    named: Mapping[str, str], record: Record, data: Any, *, is_decoded: bool
) -> tuple[Envelope, NeverPossible | None]:
    """The envelope, with nothing where an attribute cannot be used, and what is wrong with it."""
    envelope = Envelope(
        id=usable(named.get("id")),
        source=usable(named.get("source")),
        type=usable(named.get("type")),
        subject=usable(named["subject"] if named.get("subject") else _key_text(record.key)),
        sequence=_sequence(named.get("sequence")),
        time=named.get("time"),
        traceparent=named.get("traceparent") or None,
        data=data,
        is_decoded=is_decoded,
    )
    if named.get("specversion") != "1.0":
        return envelope, NeverPossible(
            "envelope_missing", "The record is no CloudEvent 1.0 (ce_specversion)."
        )
    for name in ("id", "source", "type", "subject"):
        if not getattr(envelope, name):
            wrong = NeverPossible("envelope_invalid", f"The attribute {name} is missing or unusable.")
            return envelope, wrong
    return envelope, None


def _key_text(key: bytes | None) -> str:
    try:
        return (key or b"").decode()
    except UnicodeDecodeError:
        return ""


def _sequence(text: str | None) -> int | None:
    """A number from 1; zeros before it make it sort as text, older records have none."""
    if text is None or not (text.isascii() and text.isdecimal()) or len(text) > SEQUENCE_DIGITS:
        return None
    number = int(text)
    return number if 0 < number <= HIGHEST_SEQUENCE else None


def event_time(text: str | None, timestamp_ms: int) -> datetime:
    """RFC 3339 time of the event; the record's own time where it says none or nonsense."""
    moment = _moment(text)
    if moment is None or moment.year not in USABLE_YEARS:
        moment = _moment_of(timestamp_ms)
    if moment is None or moment.year not in USABLE_YEARS:
        moment = datetime.fromtimestamp(0, UTC)
    return moment


def _moment(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text or "")
        if moment.tzinfo is UTC:
            return moment
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _moment_of(timestamp_ms: int) -> datetime | None:
    try:
        return datetime.fromtimestamp(timestamp_ms / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None
