"""CloudEvents on Kafka: what we write we read, and rubbish is never more than a dead letter."""

import json
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.failures import NeverPossible
from chassis.messaging.envelope import (
    Envelope,
    EnvelopeRefused,
    is_bare_tombstone,
    read_envelope,
    read_event,
    split_type,
    write_headers,
)
from chassis.messaging.records import Headers, KeptRecord, headers_from_json, headers_to_json
from chassis.messaging.strict_json import decoded

MOMENT = datetime(2026, 3, 1, 12, 0, 0, 123456, tzinfo=UTC)
TRACE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
HEADERS = write_headers(
    event_id="1",
    type="gangway.thing.said.v2",
    source="/gangway/tests",
    subject="Zoë",
    sequence=7,
    occurred_at=MOMENT,
    dataschema=None,
    traceparent=TRACE,
)


def record(
    value: bytes | None = b'{"a": 1}', headers: Headers = HEADERS, key: bytes | None = b"k"
) -> KeptRecord:
    return KeptRecord("t", 3, 9, 1_700_000_000_000, key, value, headers)


def without(name: str) -> Headers:
    return [header for header in HEADERS if header[0] != name]


def test_what_is_written_is_read() -> None:
    envelope = read_envelope(record())
    event = read_event(record(), envelope, "thing.said", 2)
    assert (event.id, event.subject, event.sequence, event.traceparent) == ("1", "Zoë", 7, TRACE)
    assert (event.occurred_at, event.data, event.offset) == (MOMENT, {"a": 1}, 9)


def test_structured_mode_is_told_by_the_content_type_not_by_ce_headers() -> None:
    document = {
        "specversion": "1.0",
        "id": "2",
        "source": "/x",
        "type": "gangway.thing.said.v1",
        "sequence": 4,
        "data": {"b": 2},
    }
    headers = [*without("content-type"), ("content-type", b"application/cloudevents+json; charset=utf-8")]
    envelope = read_envelope(record(json.dumps(document).encode(), headers))
    assert (envelope.id, envelope.subject, envelope.sequence) == ("2", "k", 4)
    assert read_event(record(), envelope, "thing.said", 1).data == {"b": 2}


@pytest.mark.parametrize(
    ("broken", "code"),
    [
        (record(headers=[]), "envelope_missing"),
        (record(headers=without("ce_id")), "envelope_invalid"),
        (record(headers=without("ce_type")), "envelope_invalid"),
        (record(headers=without("ce_subject"), key=None), "envelope_invalid"),
        (record(headers=without("ce_subject"), key=b"\xff"), "envelope_invalid"),
        (record(headers=[*without("ce_id"), ("ce_id", b"a\0b")]), "envelope_invalid"),
        (record(headers=[*without("ce_id"), ("ce_id", b"x" * 600)]), "envelope_invalid"),
        (record(headers=[*HEADERS, ("ce_more", b"\xff")]), "envelope_not_utf8"),
        (
            record(headers=[*without("content-type"), ("content-type", b"text/plain")]),
            "envelope_content_type",
        ),
        (
            record(headers=[("content-type", b"application/cloudevents-batch+json")]),
            "envelope_batched",
        ),
    ],
)
def test_an_unusable_envelope_is_named(broken: KeptRecord, code: str) -> None:
    with pytest.raises(NeverPossible) as refused:
        read_envelope(broken)
    assert refused.value.code == code


@pytest.mark.parametrize(
    "text", [b"0", b"-1", b"1.5", b"one", b"9" * 30, "٣".encode(), b"9223372036854775808"]
)
def test_a_sequence_that_is_no_number_from_one_counts_as_none(text: bytes) -> None:
    assert read_envelope(record(headers=[*without("ce_sequence"), ("ce_sequence", text)])).sequence is None


@pytest.mark.parametrize("nonsense", [b"yesterday", b"0001-01-01T00:00:00Z", b"9999-12-31T23:59:59Z"])
def test_the_records_own_time_stands_in_for_nonsense(nonsense: bytes) -> None:
    envelope = read_envelope(record(headers=[*without("ce_time"), ("ce_time", nonsense)]))
    event = read_event(record(), envelope, "thing.said", 1)
    assert event.occurred_at == datetime.fromtimestamp(1_700_000_000, UTC)


@pytest.mark.parametrize(
    ("type", "found"),
    [
        ("gangway.thing.said.v2", ("thing.said", 2)),
        ("gangway.thing.said.v0", None),
        ("gangway.thing.said", None),
        ("gangwayx.thing.said.v1", None),
        ("com.example.thing.said.v1", None),
    ],
)
def test_types_are_ours_only_behind_the_prefix(type: str, found: tuple[str, int] | None) -> None:
    assert split_type(type, "gangway") == found


def test_a_number_sorts_as_text_and_older_records_are_still_read() -> None:
    def header(number: int) -> bytes:
        return dict(
            write_headers(
                event_id="1",
                type="t",
                source="/x",
                subject="s",
                sequence=number,
                occurred_at=MOMENT,
                dataschema=None,
                traceparent=None,
            )
        )["ce_sequence"]

    numbers = [1, 9, 10, 99, 100, 2**31, 2**63 - 1]
    written = [header(number) for number in numbers]
    assert sorted(written) == written
    for number in numbers:
        for text in (header(number), b"%d" % number):
            found = read_envelope(record(headers=[*without("ce_sequence"), ("ce_sequence", text)]))
            assert found.sequence == number


@pytest.mark.parametrize(
    "headers",
    [
        [*HEADERS, ("trace-bin", b"\xff\xfe"), ("x", None), ("", b"\x80"), ("CE", b"\xff")],
        [(name.upper(), value) for name, value in HEADERS],
        [*HEADERS, ("Content-Type", b"text/plain"), ("CE_ID", b"\xff"), ("Ce_Subject", b"another")],
        [*HEADERS, *HEADERS],
        [*without("content-type"), ("Content-Type", b"Application/JSON; charset=UTF-8")],
        [*without("traceparent"), ("traceparent", b"\xff")],
        [*HEADERS, *((f"x-{number}", b"\xff" * 50) for number in range(10_000))],
    ],
)
def test_foreign_headers_change_nothing(headers: Headers) -> None:
    envelope = read_envelope(record(headers=headers))
    assert envelope._replace(traceparent=None) == read_envelope(record())._replace(traceparent=None)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        (("ce_more", b"\xff"), "envelope_not_utf8"),
        (("ce_id", b"2"), "envelope_ambiguous"),
        (("ce_dataschema", b"\xc3"), "envelope_not_utf8"),
    ],
)
def test_what_can_be_read_beside_a_bad_attribute_is_told(more: tuple[str, bytes], code: str) -> None:
    with pytest.raises(EnvelopeRefused) as refused:
        read_envelope(record(headers=[*HEADERS, more]))
    known = refused.value.known
    assert known is not None
    assert (refused.value.code, known.subject, known.sequence) == (code, "Zoë", 7)


@pytest.mark.parametrize(
    "bad", ["\ud800", "a\0b", "a\x85b", "\uffff", "x" * 513, "é" * 300, " \n", 7.5, [], {}, True]
)
@pytest.mark.parametrize("name", ["id", "source", "type", "subject"])
def test_text_that_cannot_be_a_key_is_refused_in_a_structured_event(name: str, bad: object) -> None:
    document = {"specversion": "1.0", "id": "2", "source": "/x", "type": "t", "subject": "s", name: bad}
    headers = [("content-type", b"application/cloudevents+json")]
    with pytest.raises(EnvelopeRefused) as refused:
        read_envelope(record(json.dumps(document).encode(), headers, key=None))
    assert refused.value.code in {"envelope_invalid", "data_not_unicode"}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (b'{"a": NaN}', "data_not_json"),
        (b'{"a": -Infinity}', "data_not_json"),
        (b'{"a": 1e999}', "data_not_json"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "data_not_json"),
        (b"", "data_not_json"),
        ("\ufeff{}".encode(), "data_not_json"),
        ('{"a": 1}'.encode("utf-16"), "data_not_json"),
        (b'{"a": "\xed\xa0\x80"}', "data_not_json"),
        (b'{"a": "\\ud800"}', "data_not_unicode"),
        (b'{"\\udfff": 1}', "data_not_unicode"),
        (b'{"a": ' + b"[" * 100 + b"]" * 100 + b"}", "data_too_deep"),
        (b"[" * 100_000, "data_not_json"),
        (b'{"partner_id": "one", "partner_id": "two"}', "data_ambiguous"),
        (b'{"a": [{"b": {"c": 1, "\\u0063": 1}}]}', "data_ambiguous"),
        (None, "data_missing"),
    ],
)
def test_json_that_others_could_not_hold_is_refused(value: bytes | None, code: str) -> None:
    with pytest.raises(NeverPossible) as refused:
        decoded(value)
    assert refused.value.code == code


def test_json_that_is_merely_unusual_is_taken() -> None:
    assert decoded(b'{"a": "\\ud83d\\ude00\\u0000", "b": [' + b"[]," * 99 + b"1e300]}")["a"] == "\U0001f600\0"


@pytest.mark.parametrize(
    "text",
    ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "3000-01-01T00:00:00Z", "1969-12-31", "\0"],
)
@pytest.mark.parametrize("timestamp", [-1, 0, 2**62, 60_000 * 365 * 86_400_000])
def test_a_time_that_nobody_can_reckon_with_is_never_taken(text: str, timestamp: int) -> None:
    some = record(headers=[*without("ce_time"), ("ce_time", text.encode())])._replace(timestamp=timestamp)
    assert read_event(some, read_envelope(some), "thing.said", 1).occurred_at == datetime.fromtimestamp(
        0, UTC
    )


def test_a_tombstone_has_neither_value_nor_type() -> None:
    assert is_bare_tombstone(record(None, []))
    assert not is_bare_tombstone(record(None))
    assert not is_bare_tombstone(record(b"", []))


names = st.sampled_from(
    ["ce_id", "ce_type", "ce_source", "ce_specversion", "ce_sequence", "content-type", "x"]
)
headers = st.lists(st.tuples(names, st.binary(max_size=20)))


@given(headers, st.none() | st.binary(max_size=60), st.none() | st.binary(max_size=10))
def test_no_record_breaks_the_reader(
    headers: list[tuple[str, bytes]], value: bytes | None, key: bytes | None
) -> None:
    some = record(value, [*headers, ("ce_specversion", b"1.0")], key)
    with suppress(NeverPossible):
        envelope = read_envelope(some)
        assert isinstance(envelope, Envelope)
        read_event(some, envelope, "thing.said", 1)


@given(st.lists(st.tuples(st.text(), st.binary())))
def test_kept_headers_lose_no_byte(headers: list[tuple[str, bytes]]) -> None:
    assert list(headers_from_json(json.loads(headers_to_json(headers)))) == headers
