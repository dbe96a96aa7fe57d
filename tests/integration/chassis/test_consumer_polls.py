"""What becomes of the events of a poll: once each, in order, and no bad one stops the others."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection
from tests.integration.chassis.conftest import Rows, Say

from chassis.database.round_trips import driver_connection
from chassis.database.unit_of_work import UnitOfWork
from chassis.messaging.consumer import retrying
from chassis.messaging.consumer.flood import FloodGauges, FloodOfDeadLetters, clear_flood
from chassis.messaging.consumer.parking import first_parked
from chassis.messaging.consumer.poll import Poll
from chassis.messaging.consumer.retrying import LaneRetry
from chassis.messaging.outbox import WAKE_CHANNEL
from chassis.messaging.records import KeptRecord
from chassis.service import Service

TALLY = "SELECT subject, number FROM tally ORDER BY id"
DEAD = "SELECT code FROM dead_letters ORDER BY id"


@pytest.fixture
def retry(service: Service, poll: Poll) -> LaneRetry:
    return LaneRetry(service.database, UnitOfWork, poll._reader, poll._group)


def test_a_poll_applies_effects_answers_and_jobs_together(poll: Poll, say: Say, rows: Rows) -> None:
    assert poll.handle([say("a", 1), say("b", 1), say("a", 2)]) == 3
    assert rows(TALLY) == [("a", 1), ("b", 1), ("a", 2)]
    assert rows("SELECT subject, sequence FROM outbox ORDER BY position") == [("a", 1), ("b", 1), ("a", 2)]
    assert rows("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'note'") == [3]


def test_what_comes_again_has_no_effect(poll: Poll, say: Say, rows: Rows) -> None:
    records = [say("a", 1), say("a", 2)]
    poll.handle(records)
    poll.handle([*records, say("a", 3), records[0]])
    assert rows(TALLY) == [("a", 1), ("a", 2), ("a", 3)]


def test_twice_in_one_poll_is_one_effect(poll: Poll, say: Say, rows: Rows) -> None:
    record = say("a", 1)
    poll.handle([record, record])
    assert rows(TALLY) == [("a", 1)]


def test_an_event_without_number_is_known_by_source_and_id(poll: Poll, say: Say, rows: Rows) -> None:
    record = say("a", 1, sequence=None)
    poll.handle([record, record])
    poll.handle([record, say("a", 2, sequence=None)])
    assert rows(TALLY) == [("a", 1), ("a", 2)]


def test_a_hole_is_recorded_and_what_was_missing_is_taken_late_once(poll: Poll, say: Say, rows: Rows) -> None:
    records = [say("a", number) for number in range(1, 7)]
    poll.handle([records[0], records[4]])
    assert rows("SELECT first_missing, last_missing FROM lane_holes") == [(2, 4)]
    poll.handle([records[2], records[2]])
    assert rows("SELECT first_missing, last_missing FROM lane_holes ORDER BY 1") == [(2, 2), (4, 4)]
    poll.handle(records)
    assert rows("SELECT number FROM tally ORDER BY id") == [1, 5, 3, 2, 4, 6]
    assert rows("SELECT count(*) FROM lane_holes") == [0]
    assert rows("SELECT last_sequence, hole_count FROM lanes") == [(6, 0)]


def test_an_unknown_type_is_skipped_and_leaves_no_hole(poll: Poll, say: Say, rows: Rows) -> None:
    poll.handle([say("a", 1), say("a", 2, type="gangway.thing.sung.v1"), say("a", 3)])
    poll.handle([say("a", 4, type="elsewhere.thing.said.v1"), say("a", 5)])
    assert rows("SELECT number FROM tally ORDER BY id") == [1, 3, 5]
    assert rows("SELECT count(*) FROM lane_holes") == [0]
    assert rows(DEAD) == []


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ({"value": b"\xff not json"}, "data_not_json"),
        ({"value": b"[1]"}, "data_not_an_object"),
        ({"value": b'{"number": "one"}'}, "data_refused_by_schema"),
        ({"never": True}, "never"),
        ({"text": "a\0b"}, "data_refused_by_database"),
    ],
)
def test_a_bad_event_is_a_dead_letter_and_its_lane_goes_on(
    poll: Poll, say: Say, rows: Rows, bad: dict[str, object], code: str
) -> None:
    records = [say("a", 1), say("a", 2, **bad), say("a", 3), say("b", 1)]
    poll.handle(records)
    poll.handle(records)
    assert rows(TALLY) == [("a", 1), ("a", 3), ("b", 1)]
    assert rows(DEAD) == [code]
    assert rows("SELECT subject, sequence, record_value FROM dead_letters") == [("a", 2, records[1].value)]
    assert rows("SELECT count(*) FROM lane_holes") == [0]


def test_rubbish_is_known_by_its_place(poll: Poll, say: Say, rows: Rows) -> None:
    good = say("a", 1)
    rubbish = KeptRecord(good.topic, 0, 90, 0, b"\xff\xfe", None, [("ce_type", b"\xff")])
    twin = rubbish._replace(offset=91)
    assert poll.handle([rubbish, good, twin]) == 3
    poll.handle([rubbish])
    assert rows(TALLY) == [("a", 1)]
    assert rows("SELECT record_offset, code, record_key FROM dead_letters ORDER BY id") == [
        (90, "envelope_not_utf8", b"\xff\xfe"),
        (91, "envelope_not_utf8", b"\xff\xfe"),
    ]


def test_a_dead_letter_goes_to_its_topic_with_bytes_untouched(
    poll: Poll, say: Say, rows: Rows, tally_environ: dict[str, str]
) -> None:
    record = say("a", value=b"{")
    poll.handle([record])
    [(topic, key, value, headers)] = rows("SELECT topic, record_key, data, record_headers FROM outbox")
    assert topic == f"{record.topic}.{tally_environ['TALLY_GROUP']}.dlq"
    assert (key, value) == (record.key, record.value)
    assert headers[: len(record.headers)] == [[name, text.decode()] for name, text in record.headers]
    assert dict(headers)["dlq-code"] == "data_not_json"
    assert dict(headers)["dlq-offset"] == str(record.offset)


def test_the_copy_of_a_dead_letter_wakes_the_relay(service: Service, poll: Poll, say: Say) -> None:
    with service.database.connect() as listening:
        listening.execute(f"LISTEN {WAKE_CHANNEL}")
        poll.handle([say("a", value=b"{")])
        [heard] = listening.notifies(timeout=30, stop_after=1)
    assert heard.channel == WAKE_CHANNEL


def test_a_lane_that_cannot_go_on_is_parked_in_order_while_others_go_on(
    poll: Poll, say: Say, rows: Rows, retry: LaneRetry
) -> None:
    records = [say("a", 1), say("a", 2, needs="key"), say("a", 3), say("b", 1)]
    poll.handle(records)
    poll.handle([say("a", 4), records[1]])
    topic = records[0].topic
    assert rows(TALLY) == [("a", 1), ("b", 1)]
    assert rows("SELECT is_parked, cause_code, last_sequence FROM lanes WHERE subject = 'a'") == [
        (True, "fact_missing", 4)
    ]
    assert rows("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'chassis.retry_lane'") == [1]

    assert retry.run(topic, "a") == 0
    assert rows("SELECT attempts FROM lanes WHERE subject = 'a'") == [2]
    rows("INSERT INTO facts VALUES ('key') RETURNING name")
    assert retry.run(topic, "a") == 3
    assert rows("SELECT number FROM tally WHERE subject = 'a' ORDER BY id") == [1, 2, 3, 4]
    assert rows("SELECT is_parked, attempts FROM lanes WHERE subject = 'a'") == [(False, 0)]
    poll.handle([*records, say("a", 5)])
    assert rows("SELECT number FROM tally WHERE subject = 'a' ORDER BY id") == [1, 2, 3, 4, 5]


def test_the_queue_of_a_lane_is_read_on_from_where_it_was(
    poll: Poll, say: Say, rows: Rows, retry: LaneRetry, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not from its beginning each time: what has left it is there until a vacuum."""
    records = [say("a", number, needs="fact") for number in range(3)]
    poll.handle(records)
    rows("INSERT INTO facts VALUES ('fact') RETURNING 1")
    places = rows("SELECT position FROM parked_events ORDER BY position")
    begun: list[int] = []

    def noted(connection: Connection, *lane: Any) -> Any:
        begun.append(lane[3])
        return first_parked(connection, *lane)

    monkeypatch.setattr(retrying, "first_parked", noted)
    assert retry.run(records[0].topic, "a") == 3
    assert begun == [0, *places]


def test_a_parked_event_without_number_is_parked_once(poll: Poll, say: Say, rows: Rows) -> None:
    record = say("a", 1, sequence=None, needs="key")
    poll.handle([record])
    poll.handle([record])
    assert rows("SELECT count(*) FROM parked_events") == [1]


def test_a_parked_event_that_turns_out_impossible_is_a_dead_letter(
    poll: Poll, say: Say, rows: Rows, retry: LaneRetry
) -> None:
    record = say("a", 1, needs="key", never=True)
    poll.handle([record, say("a", 2)])
    rows("INSERT INTO facts VALUES ('key') RETURNING name")
    retry.run(record.topic, "a")
    assert rows(DEAD) == ["never"]
    assert rows(TALLY) == [("a", 2)]


def test_our_own_fault_stops_with_nothing_of_that_event_committed(poll: Poll, say: Say, rows: Rows) -> None:
    records = [say("a", 1), say("a", 2, crash=True), say("b", 1)]
    with pytest.raises(ZeroDivisionError):
        poll.handle(records)
    assert rows(TALLY) == [("a", 1)]
    assert rows("SELECT subject, last_sequence FROM lanes") == [("a", 1)]


def test_a_run_of_dead_letters_stops_the_consumer_until_an_operator_clears_it(
    service: Service, poll: Poll, say: Say, rows: Rows
) -> None:
    records = [say(f"a{number}", value=b"{") for number in range(60)]
    done = poll.handle(records[:20])
    poll.flood = FloodGauges(poll._group)
    with service.database.begin() as work:
        poll.flood.load(work.connection)
    done += poll.handle(records[20:])
    assert done == 50
    with pytest.raises(FloodOfDeadLetters, match="50 dead letters in a row"):
        poll.flood.check([(records[0].topic, 0)])

    fresh = FloodGauges(poll._group)
    with service.database.begin() as work:
        fresh.load(work.connection)
        with pytest.raises(FloodOfDeadLetters):
            fresh.check([(records[0].topic, 0)])
        assert clear_flood(work.connection, poll._group) == 1
        fresh.load(work.connection)
    fresh.check([(records[0].topic, 0)])


def test_a_good_event_ends_a_run_for_whoever_reads_on(poll: Poll, say: Say) -> None:
    poll.handle([say(f"a{number}", value=b"{") for number in range(30)])
    poll.handle([say("good", 1)])
    poll.load()
    assert poll.handle([say(f"b{number}", value=b"{") for number in range(30)]) == 30


def test_a_flood_ends_a_poll_that_goes_event_by_event(poll: Poll, say: Say, rows: Rows) -> None:
    bad = [say(f"a{number}", value=b"{") for number in range(60)]
    assert poll.handle([say("parks", 1, needs="fact"), *bad]) == 51
    assert rows("SELECT count(*) FROM dead_letters") == [50]


def test_a_flood_that_is_known_is_let_through_at_once(
    service: Service, poll: Poll, say: Say, rows: Rows
) -> None:
    records = [say(f"a{number}", value=b"{") for number in range(180)]
    records.insert(100, say("good", 1))
    done = poll.handle(records)
    assert done == 50
    with service.database.begin() as work:
        assert clear_flood(work.connection, poll._group, let_through=70) == 1
        assert clear_flood(work.connection, poll._group, let_through=70) == 0
    poll.load()
    poll.flood.check([(records[0].topic, 0)])
    done += poll.handle(records[50:])
    assert done == 50 + 70 + 1 + 50, "so many more, whatever comes between, and then as usual"
    with pytest.raises(FloodOfDeadLetters, match="50 dead letters in a row"):
        poll.flood.check([(records[0].topic, 0)])
    assert rows("SELECT count(*) FROM dead_letters") == [170]


def test_good_events_between_bad_ones_end_the_run_but_the_share_counts(poll: Poll, say: Say) -> None:
    def bad_and_good(bad: int) -> list[KeptRecord]:
        return [*(say(f"a{number}", value=b"{") for number in range(bad)), say("a", 1)]

    for _ in range(9):
        records = bad_and_good(9)
        assert poll.handle(records) == len(records)
    records = bad_and_good(29)
    assert poll.handle(records) < len(records)
    with pytest.raises(FloodOfDeadLetters, match=r"9\d% of the last 100 events"):
        poll.flood.check([(records[0].topic, 0)])


def test_dead_letters_of_one_subject_alone_stop_nobody(
    service: Service, poll: Poll, say: Say, rows: Rows
) -> None:
    flood = [say("a", value=b"{") for _ in range(200)]
    assert poll.handle([*flood, say("b", 1)]) == 201
    assert rows(TALLY) == [("b", 1)]
    assert rows("SELECT count(*) FROM dead_letters WHERE subject = 'a'") == [200]

    gone = [say(f"c{number}", value=b"{") for number in range(50)]
    assert poll.handle(gone) == 50, "what one subject did is no part of the run"
    with pytest.raises(FloodOfDeadLetters):
        poll.flood.check([(gone[0].topic, 0)])


def test_a_poll_takes_two_round_trips_beside_what_handlers_ask(
    service: Service, poll: Poll, say: Say, tmp_path: Path
) -> None:
    def handled() -> None:
        poll.handle([say(subject, type="gangway.thing.sung.v1") for subject in "abcab"])

    poll.load()  # The pool's only connection is there.
    assert round_trips(service, handled, tmp_path / "new") == 3, "lanes are made"
    assert round_trips(service, handled, tmp_path / "known") == 2


def round_trips(service: Service, action: Callable[[], None], told: Path) -> int:
    """How often the pool's connection asked the server for its answers, as libpq tells."""
    with told.open("w") as trace:
        with service.database.engine.connect() as connection:
            wire = driver_connection(connection).pgconn
        wire.trace(trace.fileno())
        action()
        wire.untrace()
    said = [line.split("\t") for line in told.read_text().splitlines()]
    return sum(words[1:2] == ["F"] and words[3] in {"Query", "Sync"} for words in said)
