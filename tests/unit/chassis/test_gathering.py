"""Records that nobody waits for are handled with others; none is lost, and none changes its place."""

import pytest
from kafka import TopicPartition
from marshmallow import Schema

from chassis.messaging.consumer.gathering import MOST_HELD, Gathering
from chassis.messaging.consumer.reading import Reader
from chassis.messaging.records import Headers, KeptRecord
from chassis.messaging.subscriptions import EventHandler, Subscriptions, TopicOwner


def record(offset: int, headers: Headers = ()) -> KeptRecord:
    return KeptRecord("t", 0, offset, 0, None, None, headers)


def test_an_urgent_record_takes_along_what_came_before() -> None:
    gathering = Gathering(lambda record: record.offset == 3, wait_seconds=3600)
    gathering.add([record(1), record(2)])
    assert gathering.take_due() == []
    gathering.add([])
    assert gathering.take_due() == []
    gathering.add([record(3), record(4)])
    assert [taken.offset for taken in gathering.take_due()] == [1, 2, 3, 4]
    assert gathering.take_due() == []


def test_the_wait_ends_and_begins_with_the_first() -> None:
    gathering = Gathering(lambda record: False, wait_seconds=0)
    assert gathering.milliseconds_left(500) == 500
    gathering.add([record(1)])
    assert gathering.milliseconds_left(500) <= 1
    assert [taken.offset for taken in gathering.take_due()] == [1]


def test_what_is_held_of_a_partition_that_went_is_dropped() -> None:
    gathering = Gathering(lambda record: record.offset == 3, wait_seconds=3600)
    gathering.add([record(1), record(2)])
    gathering.forget([TopicPartition("t", 1)])
    assert gathering.milliseconds_left(500) == 500
    gathering.forget([TopicPartition("t", 0)])
    gathering.add([record(3)])
    assert [held.offset for held in gathering.take_due()] == [3]


def test_only_so_many_are_held() -> None:
    gathering = Gathering(lambda record: False, wait_seconds=3600)
    gathering.add([record(number) for number in range(MOST_HELD)])
    assert len(gathering.take_due()) == MOST_HELD


@pytest.mark.parametrize(
    ("headers", "is_urgent"),
    [
        ([("ce_type", b"gangway.thing.said.v1")], True),
        ([("ce_type", b"gangway.thing.noted.v1")], False),
        ([("ce_type", b"gangway.thing.sung.v1")], False),
        ([("ce_type", b"elsewhere.thing.said.v1")], False),
        ([("ce_type", b"\xff")], False),
        ([("ce_type", None)], False),
        ([("content-type", b"application/cloudevents+json")], True),
        ([], True),
        (None, True),
    ],
)
def test_its_type_tells_whether_a_record_is_urgent(headers: Headers, *, is_urgent: bool) -> None:
    handlers = {
        "thing.said.v1": EventHandler(Schema(), lambda *_: None),
        "thing.noted.v1": EventHandler(Schema(), lambda *_: None, is_urgent=False),
    }
    owners = {"t": TopicOwner(sources=frozenset({"/gangway/tallies"}))}
    reader = Reader(Subscriptions(group="g", topics={"t": handlers}, owners=owners), "gangway")
    assert reader.is_urgent(record(1, headers)) == is_urgent
