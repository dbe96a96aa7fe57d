"""Who reads a compacted topic: jumps are no holes, and tombstones reach who asked for them."""

from dataclasses import replace

import pytest
from tests.integration.chassis.conftest import Rows, Say

from chassis.database.unit_of_work import UnitOfWork
from chassis.messaging.consumer.flood import FloodGauges
from chassis.messaging.consumer.poll import Poll
from chassis.messaging.consumer.reading import Reader
from chassis.messaging.consumer.retrying import LaneRetry
from chassis.messaging.records import KeptRecord
from chassis.messaging.subscriptions import Forget, Subscriptions
from chassis.service import Service

NUMBERS = "SELECT subject, number FROM tally ORDER BY id"
LANES = "SELECT subject, last_sequence, hole_count FROM lanes ORDER BY subject"


def poll_of(service: Service, forget: Forget[UnitOfWork] | None) -> Poll:
    heard = service.subscriptions
    assert heard is not None
    compacted: Subscriptions[UnitOfWork] = replace(heard, compacted=dict.fromkeys(heard.topics, forget))
    reader = Reader(compacted, "gangway")
    return Poll(service.database, UnitOfWork, reader, heard.group, FloodGauges(heard.group))


def forget(work: UnitOfWork, subject: str) -> None:
    work.connection.exec_driver_sql("DELETE FROM tally WHERE subject = %s", (subject,))


@pytest.fixture
def poll(service: Service) -> Poll:
    return poll_of(service, forget)


def tombstone(say: Say, subject: str, **more: object) -> KeptRecord:
    return say(subject, **more)._replace(value=None)


def bare_tombstone(say: Say, subject: str) -> KeptRecord:
    return tombstone(say, subject)._replace(headers=())


def test_a_jump_is_no_hole_and_what_is_older_is_dropped(poll: Poll, say: Say, rows: Rows) -> None:
    records = [say("a", number) for number in range(1, 8)]
    poll.handle([records[2], records[6], records[4]])
    assert rows(NUMBERS) == [("a", 3), ("a", 7)]
    assert rows(LANES) == [("a", 7, 0)]
    assert rows("SELECT count(*) FROM lane_holes") == [0]


def test_a_tombstone_forgets_its_subject_once(poll: Poll, say: Say, rows: Rows) -> None:
    first, last = say("a", 1), tombstone(say, "a")
    poll.handle([first, say("b", 1), last])
    assert rows(NUMBERS) == [("b", 1)]
    poll.handle([first, last])
    assert rows(NUMBERS) == [("b", 1)]
    poll.handle([say("a", 3), last])
    assert rows(NUMBERS) == [("b", 1), ("a", 3)], "the tombstone was seen before"
    assert rows("SELECT count(*) FROM dead_letters") == [0]


def test_a_tombstone_that_names_no_owner_forgets_nothing(poll: Poll, say: Say, rows: Rows) -> None:
    """The owner's are CloudEvents too; anybody can send a record without a value."""
    others = tombstone(say, "a", sequence=1, source="/gangway/elsewhere")
    poll.handle([say("a", 1, sequence=1), bare_tombstone(say, "a"), others])
    assert rows(NUMBERS) == [("a", 1)]
    assert rows("SELECT code FROM dead_letters ORDER BY id") == ["envelope_missing", "source_not_the_owner"]


@pytest.mark.parametrize("make", [tombstone, bare_tombstone])
def test_a_tombstone_that_nobody_asked_for_is_counted(
    service: Service, say: Say, rows: Rows, make: type
) -> None:
    poll = poll_of(service, None)
    poll.handle([say("a", 1), make(say, "a"), say("a", 3, sequence=3)])
    assert rows(NUMBERS) == [("a", 1), ("a", 3)]
    assert rows("SELECT count(*) FROM dead_letters") == [0]


def test_a_tombstone_waits_in_its_lane_behind_what_is_parked(
    service: Service, poll: Poll, say: Say, rows: Rows
) -> None:
    records = [say("a", 1, needs="key"), tombstone(say, "a"), say("a", 3)]
    poll.handle(records)
    assert rows(NUMBERS) == []
    rows("INSERT INTO facts VALUES ('key') RETURNING name")
    assert LaneRetry(service.database, UnitOfWork, poll._reader, poll._group).run(records[0].topic, "a") == 3
    assert rows(NUMBERS) == [("a", 3)]


def test_elsewhere_an_event_without_a_value_is_still_a_dead_letter(
    service: Service, say: Say, rows: Rows
) -> None:
    heard = service.subscriptions
    assert heard is not None
    flood = FloodGauges(heard.group)
    plain = Poll(service.database, UnitOfWork, Reader(heard, "gangway"), heard.group, flood)
    plain.handle([tombstone(say, "a"), bare_tombstone(say, "b")])
    assert rows("SELECT subject, code FROM dead_letters") == [("a", "data_missing")]
