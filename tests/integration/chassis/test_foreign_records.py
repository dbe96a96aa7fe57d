"""Kafka is an outside: whatever a record holds, it is handled, skipped or a dead letter, and nobody stops."""

import json
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.integration.chassis.conftest import Rows, Say

from chassis.database.unit_of_work import UnitOfWork
from chassis.messaging.consumer.flood import FloodGauges
from chassis.messaging.consumer.poll import Poll
from chassis.messaging.consumer.reading import Reader
from chassis.messaging.consumer.retrying import LaneRetry
from chassis.messaging.dead_letters import foreign
from chassis.messaging.dead_letters.listing import Filter, list_dead_letters
from chassis.messaging.records import KeptRecord
from chassis.operating.settling import Settling
from chassis.service import Service

TALLY = "SELECT subject, number FROM tally ORDER BY id"
CODES = "SELECT code FROM dead_letters ORDER BY id"
LANES = "SELECT subject, last_sequence, hole_count FROM lanes ORDER BY subject"


def with_header(record: KeptRecord, name: str, value: bytes | None) -> KeptRecord:
    others = [header for header in record.headers if header[0] != name]
    return record._replace(headers=[*others, *([] if value is None else [(name, value)])])


def structured(record: KeptRecord, **attributes: Any) -> KeptRecord:
    named = {name[3:]: value.decode() for name, value in record.headers if name.startswith("ce_")}
    document = named | {"data": json.loads(record.value or b"null")} | attributes
    return record._replace(
        value=json.dumps(document).encode(), headers=[("content-type", b"application/cloudevents+json")]
    )


def test_a_subject_that_is_no_text_stops_nobody(poll: Poll, say: Say, rows: Rows) -> None:
    bad = structured(say("a", 1, sequence=7), subject="\ud800")
    assert poll.handle([bad, bad, say("a", 1)]) == 3
    assert rows(TALLY) == [("a", 1)]
    assert rows(CODES) == ["data_not_unicode"]


@pytest.mark.parametrize("source", ["/gangway/onboarding", "/gangway/tallies/", "/Gangway/tallies", "x"])
def test_only_the_owner_is_obeyed_and_its_numbers_stay_its_own(
    poll: Poll, say: Say, rows: Rows, source: str
) -> None:
    forged = [say("a", 66, sequence=number, source=source) for number in (1, 2, 9_000)]
    poll.handle(forged)
    poll.handle([say("a", 1), say("a", 2)])
    assert rows(TALLY) == [("a", 1), ("a", 2)]
    assert rows(LANES) == [("a", 2, 0)]
    assert rows(CODES) == ["source_not_the_owner"] * 3
    assert rows("SELECT subject, sequence FROM dead_letters ORDER BY id LIMIT 1") == [("a", 1)]
    assert rows("SELECT count(*) FROM outbox WHERE topic LIKE '%%.dlq'") == [0]


@pytest.mark.parametrize("key", [None, b"", b"b", b"\xff", b"A", b"a "])
def test_key_and_subject_are_one(poll: Poll, say: Say, rows: Rows, key: bytes | None) -> None:
    poll.handle([say("a", 66, sequence=1)._replace(key=key), say("a", 1)])
    assert rows(TALLY) == [("a", 1)]
    assert rows(CODES) == ["key_and_subject_differ"]
    assert rows(LANES) == [("a", 1, 0)]


@pytest.mark.parametrize("told", ["b", "A", 5, None, ["a"]])
def test_the_field_that_names_the_subject_says_the_same(
    service: Service, say: Say, rows: Rows, told: object
) -> None:
    heard = service.subscriptions
    assert heard is not None
    owners = {topic: replace(owner, subject_field="who") for topic, owner in heard.owners.items()}
    poll = poll_of(service, Reader(replace(heard, owners=owners), "gangway"))
    poll.handle([say("a", 66, sequence=1, who=told), say("a", 1, who="a")])
    assert rows(TALLY) == [("a", 1)]
    assert rows(CODES) == ["who_and_subject_differ"]
    assert rows(LANES) == [("a", 1, 0)]


def test_a_source_that_was_renamed_keeps_its_lanes(
    service: Service, poll: Poll, say: Say, rows: Rows, tally_environ: dict[str, str]
) -> None:
    from tallies.bootstrap import build_service  # noqa: PLC0415

    poll.handle([say("a", 1)])
    names = {"EVENT_SOURCE_PREFIX": "https://acme.example/gangway", "OTHER_EVENT_SOURCE_PREFIX": "/gangway"}
    renamed = build_service(tally_environ | names)
    assert renamed.settings.event_source == "https://acme.example/gangway/tallies"
    later = poll_of(renamed, Reader(renamed.subscriptions, "gangway"))
    later.handle([say("a", 2), say("a", 3, source="https://acme.example/gangway/tallies")])
    renamed.database.dispose()
    assert rows(TALLY) == [("a", 1), ("a", 2), ("a", 3)]
    assert rows(LANES) == [("a", 3, 0)]


def test_a_number_of_another_event_is_an_alarm_and_no_repetition(
    poll: Poll, say: Say, rows: Rows, capsys: pytest.CaptureFixture[str]
) -> None:
    genuine = say("a", 1, sequence=5)
    forged = say("a", 66, sequence=5)
    poll.handle([forged])
    poll.handle([genuine, genuine, forged])
    assert rows(TALLY) == [("a", 66)]
    assert rows("SELECT code, sequence, status FROM dead_letters") == [("sequence_taken", 5, "waiting")]
    assert capsys.readouterr().out.count("sequence number given twice") == 1


def test_a_number_taken_is_noticed_within_a_poll_behind_a_hole_and_in_a_parked_lane(
    poll: Poll, say: Say, rows: Rows
) -> None:
    poll.handle([say("a", 1, sequence=1), say("a", 66, sequence=1), say("b", 9, sequence=9)])
    poll.handle([say("b", 3, sequence=3), say("b", 66, sequence=3)])
    poll.handle([say("c", 1, sequence=1, needs="key"), say("c", 66, sequence=1)])
    assert rows("SELECT subject, sequence FROM dead_letters ORDER BY id") == [("a", 1), ("b", 3), ("c", 1)]


def test_a_lane_remembers_so_many_numbers_and_no_more(poll: Poll, say: Say, rows: Rows) -> None:
    records = [say("a", number) for number in range(1, 101)]
    for start in range(0, 100, 7):
        poll.handle(records[start : start + 7])
    assert rows("SELECT length(remembered) FROM lanes") == [64 * 12]
    poll.handle(records)
    assert rows(CODES) == []
    poll.handle([say("a", 66, sequence=number) for number in (1, 36, 37, 100)])
    assert rows("SELECT sequence FROM dead_letters ORDER BY id") == [37, 100]


def test_lanes_of_before_the_upgrade_go_on(poll: Poll, say: Say, rows: Rows) -> None:
    records = [say("a", 1), say("a", 2), say("a", 3)]
    poll.handle(records[:2])
    rows("UPDATE lanes SET remembered = '' RETURNING 1")
    poll.handle(records)
    assert rows("SELECT number FROM tally ORDER BY id") == [1, 2, 3]
    assert rows(CODES) == []


def test_a_bad_attribute_leaves_no_hole(poll: Poll, say: Say, rows: Rows) -> None:
    records = [say("a", number) for number in range(1, 5)]
    records[1] = with_header(records[1], "ce_more", b"\xff")
    records[2] = with_header(records[2], "content-type", b"text/plain")
    poll.handle(records)
    assert rows("SELECT number FROM tally ORDER BY id") == [1, 4]
    assert rows(LANES) == [("a", 4, 0)]
    assert rows("SELECT code, subject, sequence FROM dead_letters ORDER BY id") == [
        ("envelope_not_utf8", "a", 2),
        ("envelope_content_type", "a", 3),
    ]


def test_strangers_neither_stop_us_nor_fill_our_tables(
    poll: Poll, say: Say, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(foreign, "MOST_WAITING", 5)
    forged = [say("a", 66, sequence=1, source="/elsewhere") for _ in range(400)]
    rubbish = [record._replace(headers=[], value=b"rubbish") for record in forged]
    for start in range(0, 400, 50):
        assert poll.handle(forged[start : start + 50]) == 50
        assert poll.handle(rubbish[start : start + 50]) == 50
    assert poll.handle([say("a", 1)]) == 1
    assert rows(TALLY) == [("a", 1)]
    assert rows("SELECT code, count(*) FROM dead_letters GROUP BY code ORDER BY code") == [
        ("envelope_missing", 5),
        ("source_not_the_owner", 5),
    ]
    assert rows("SELECT count(*) FROM flood_gauges WHERE run_length > 0 OR window_dead > 0") == [0]


def test_parked_and_dead_records_pass_the_same_gate_again(
    service: Service, poll: Poll, say: Say, rows: Rows
) -> None:
    forged = say("a", 66, sequence=1, source="/elsewhere")
    parked = say("b", 1, needs="key")
    poll.handle([forged, parked])
    rows(
        "UPDATE parked_events SET record_headers = %s RETURNING 1",
        json.dumps(
            [
                [name, b"/elsewhere".decode() if name == "ce_source" else value.decode("latin-1")]
                for name, value in parked.headers
            ]
        ),
    )
    assert LaneRetry(service.database, UnitOfWork, poll._reader, poll._group).run(parked.topic, "b") == 1
    settling = Settling.of(service)
    for letter_id in rows("SELECT id FROM dead_letters"):
        failure = settling.replay(letter_id, "vera", "to see")
        assert failure is not None
        assert failure.code == "source_not_the_owner"
    assert rows(TALLY) == []


def test_a_record_near_the_largest_is_kept_without_a_copy(poll: Poll, say: Say, rows: Rows) -> None:
    poll.handle([say("a", value=b"x" * 1_000_000), say("a", 2)])
    assert rows("SELECT length(record_value) FROM dead_letters") == [1_000_000]
    assert rows("SELECT count(*) FROM outbox WHERE topic LIKE '%%.dlq'") == [0]


@pytest.mark.parametrize(
    "data",
    [
        {"number": 10**30},
        {"number": 1, "text": "a\0b"},
        {"number": 1, "text": "\ud800"},
        {"number": 1, "text": "x" * 5_000_000},
        {"number": 2, "needs": "\0"},
        {"number": 2, "needs": "x" * 9_000},
    ],
)
def test_data_that_no_database_holds_is_a_dead_letter_or_waits(
    service: Service, poll: Poll, say: Say, rows: Rows, data: dict[str, Any]
) -> None:
    records = [say("a", value=json.dumps(data).encode()), say("b", 1)]
    assert poll.handle(records) == 2
    assert ("b", 1) in rows(TALLY)
    done = rows("SELECT count(*) FROM dead_letters")[0] + rows("SELECT count(*) FROM parked_events")[0]
    assert done or data.get("text", "").startswith("xxx")
    LaneRetry(service.database, UnitOfWork, poll._reader, poll._group).run(records[0].topic, "a")


def test_a_fault_of_ours_still_stops_us(poll: Poll, say: Say, rows: Rows) -> None:
    with pytest.raises(ZeroDivisionError):
        poll.handle([say("b", 1), say("a", 1, crash=True)])
    assert rows("SELECT subject FROM lanes") == ["b"]


ANY_BYTES = st.none() | st.binary(max_size=40) | st.sampled_from([b"a", b"b", b"\xff", b"", b"\xed\xa0\x80"])
ANY_TEXT = st.text(st.characters(), max_size=12) | st.sampled_from(
    ["\ud800", "a\0b", "\u202e", "x" * 600, "", "a", "1.0", "/gangway/tallies", "gangway.thing.said.v1", "7"]
)
ANY_NAME = st.sampled_from(
    [f"ce_{name}" for name in ("id", "source", "type", "subject", "sequence", "time", "specversion", "")]
) | st.sampled_from(["CE_ID", "content-type", "Content-Type", "traceparent", "x", ""])
ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | ANY_TEXT | st.just(10**40),
    lambda part: st.lists(part, max_size=3) | st.dictionaries(ANY_TEXT, part, max_size=3),
    max_leaves=8,
)
ANY_DATA = st.fixed_dictionaries(
    {"number": st.integers() | ANY_JSON},
    optional={"text": ANY_JSON, "needs": ANY_JSON, "never": ANY_JSON, "who": ANY_JSON},
)
ANY_ATTRIBUTES = st.dictionaries(
    st.sampled_from(["id", "source", "type", "subject", "sequence", "time", "traceparent", "specversion"]),
    ANY_JSON,
    max_size=3,
)
ANY_VALUE = ANY_BYTES | ANY_DATA.map(lambda data: json.dumps(data).encode())
ANY_TIMESTAMP = st.sampled_from([-1, 0, 1_700_000_000_000, 2**62, -(2**62)])


@st.composite
def any_change(draw: st.DrawFn, record: KeptRecord) -> KeptRecord:
    """A genuine record with something changed, or nothing like one."""
    if draw(st.booleans()):
        record = record._replace(value=draw(ANY_VALUE))
    elif draw(st.booleans()):
        record = structured(record, data=draw(ANY_DATA | ANY_JSON), **draw(ANY_ATTRIBUTES))
    for name, value in draw(st.lists(st.tuples(ANY_NAME, ANY_BYTES | ANY_TEXT.map(_bytes)), max_size=3)):
        record = with_header(record, name, value)
    if draw(st.booleans()):
        record = record._replace(key=draw(ANY_BYTES))
    if draw(st.integers(0, 19)) == 0:
        record = record._replace(headers=None)  # type: ignore[arg-type]
    return record._replace(timestamp=draw(ANY_TIMESTAMP))


def _bytes(text: str) -> bytes:
    return text.encode(errors="surrogatepass")


def test_whatever_a_record_holds_the_next_event_is_handled(
    service: Service, poll: Poll, say: Say, rows: Rows
) -> None:
    """Through the real pipeline: read, applied, parked, retried, listed and replayed on PostgreSQL."""
    retry = LaneRetry(service.database, UnitOfWork, poll._reader, poll._group)
    settling = Settling.of(service)

    @settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def run(drawn: st.DataObject) -> None:
        rows("WITH a AS (DELETE FROM flood_gauges), b AS (DELETE FROM dead_letters) SELECT 1")
        subject = uuid4().hex
        records = [
            drawn.draw(any_change(say(drawn.draw(st.sampled_from([subject, "a"])), 1, sequence=number)))
            for number in range(1, drawn.draw(st.integers(2, 4)))
        ]
        last = say(uuid4().hex, 1)
        assert poll.handle([*records, last]) == len(records) + 1
        assert rows("SELECT count(*) FROM tally WHERE subject = %s", last.key.decode()) == [1]
        assert poll.handle(records) == len(records), "the same again, as after a crash"
        for topic, parked in rows("SELECT topic, subject FROM lanes WHERE is_parked"):
            retry.run(topic, parked)
        with service.database.begin() as work:
            letters = list_dead_letters(work.connection, Filter(limit=500))
        for letter in letters:
            settling.replay(letter.id, "vera", "to see")

    run()


def poll_of(service: Service, reader: Reader) -> Poll:
    assert service.subscriptions is not None
    group = service.subscriptions.group
    return Poll(service.database, UnitOfWork, reader, group, FloodGauges(group))
