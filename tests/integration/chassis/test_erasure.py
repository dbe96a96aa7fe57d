"""The last word on a subject: it overtakes what is parked, and nothing that comes later has an effect."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from tests.integration.chassis.conftest import Rows, Say

from chassis.database.erasure import erase_subject
from chassis.database.unit_of_work import UnitOfWork
from chassis.events import ReceivedEvent
from chassis.failures import NeverPossible
from chassis.messaging.consumer.flood import FloodGauges
from chassis.messaging.consumer.poll import Poll
from chassis.messaging.consumer.reading import Reader
from chassis.messaging.consumer.retrying import LaneRetry
from chassis.messaging.records import KeptRecord
from chassis.messaging.subscriptions import EventHandler, OpenSchema, Subscriptions
from chassis.operating.settling import Settling
from chassis.running.housekeeping import finish_erasures
from chassis.service import Service

NUMBERS = "SELECT subject, number FROM tally ORDER BY id"
COUNTS = "SELECT (SELECT count(*) FROM parked_events), (SELECT count(*) FROM dead_letters)"


def when_thing_ended(work: UnitOfWork, event: ReceivedEvent, data: Mapping[str, Any]) -> None:
    work.connection.exec_driver_sql("DELETE FROM tally WHERE subject = %s", (event.subject,))
    erase_subject(work.connection, event.subject)


@pytest.fixture
def heard(service: Service) -> Subscriptions[UnitOfWork]:
    """What the example hears, and the end of a thing."""
    known = service.subscriptions
    assert known is not None
    ended = {"thing.ended.v1": EventHandler[UnitOfWork](OpenSchema(), when_thing_ended, is_last_word=True)}
    return replace(known, topics={topic: {**handlers, **ended} for topic, handlers in known.topics.items()})


@pytest.fixture
def poll(service: Service, heard: Subscriptions[UnitOfWork]) -> Poll:
    return Poll(service.database, UnitOfWork, Reader(heard, "gangway"), heard.group, FloodGauges(heard.group))


def ended(say: Say, subject: str) -> KeptRecord:
    return say(subject, type="gangway.thing.ended.v1")


@pytest.mark.parametrize("polls", [1, 2], ids=["one poll", "two polls"])
def test_what_comes_after_it_has_no_effect_whatever_it_is(
    poll: Poll, say: Say, rows: Rows, polls: int
) -> None:
    poll.handle([say("a", 1), say("b", 1)])
    late = [say("a", 3), say("a", 4, needs="key"), say("a", 5, never=True), say("a", value=b"{}")]
    records = [ended(say, "a"), *late, say("b", 2)]
    for part in [records] if polls == 1 else [records[:1], records[1:]]:
        poll.handle(part)
    assert rows(NUMBERS) == [("b", 1), ("b", 2)]
    assert rows(COUNTS) == [(0, 0)]
    assert rows("SELECT last_sequence, is_erased FROM lanes WHERE subject = 'a'") == [(6, True)]


def test_it_overtakes_what_is_parked(
    service: Service, poll: Poll, heard: Subscriptions[UnitOfWork], say: Say, rows: Rows
) -> None:
    poll.handle([say("a", 1), say("a", 2, needs="key"), say("a", 3)])
    assert rows(COUNTS) == [(2, 0)]
    poll.handle([ended(say, "a"), say("a", 5)])
    assert rows(NUMBERS) == []
    assert rows(COUNTS) == [(0, 0)]
    assert rows("SELECT is_parked, last_sequence FROM lanes") == [(False, 5)]
    retry = LaneRetry(service.database, UnitOfWork, Reader(heard, "gangway"), heard.group)
    assert retry.run(say("a").topic, "a") == 0


def test_a_lane_that_is_new_afterwards_is_of_the_erased_too(
    service: Service, poll: Poll, say: Say, rows: Rows
) -> None:
    with service.database.begin() as work:
        erase_subject(work.connection, "a")
    poll.handle([say("a", 1), say("b", 1)])
    assert rows(NUMBERS) == [("b", 1)]


def test_the_last_word_is_heard_where_another_topic_brought_it_before(
    service: Service, poll: Poll, say: Say, rows: Rows
) -> None:
    poll.handle([say("a", 1)])
    with service.database.begin() as work:
        erase_subject(work.connection, "a")
    poll.handle([ended(say, "a")])
    assert rows(NUMBERS) == []


def test_who_ran_beside_is_caught_up_with(service: Service, poll: Poll, say: Say, rows: Rows) -> None:
    """A lane and a dead letter that a transaction wrote which had begun before the erasure."""
    with service.database.begin() as work:
        erase_subject(work.connection, "a")
    poll.handle([say("b", 1, never=True)])
    rows("UPDATE dead_letters SET subject = 'a' RETURNING 1")
    rows("UPDATE lanes SET subject = 'a' RETURNING 1")
    assert finish_erasures(service.database) == 1
    assert rows(COUNTS) == [(0, 0)]
    assert rows("SELECT is_erased FROM lanes") == [True]


def test_a_dead_letter_of_the_erased_is_replayed_by_nobody(
    service: Service, heard: Subscriptions[UnitOfWork], poll: Poll, say: Say, rows: Rows
) -> None:
    poll.handle([say("a", 1, never=True)])
    [letter_id] = rows("SELECT id FROM dead_letters")
    rows("UPDATE lanes SET is_erased = true RETURNING 1")
    settling = Settling(service.database, UnitOfWork, Reader(heard, "gangway"), heard.group)
    failure = settling.replay(letter_id, "vera", "again")
    assert isinstance(failure, NeverPossible)
    assert failure.code == "subject_erased"
    assert rows(NUMBERS) == []


def test_the_bodies_of_proposals_go_and_the_waiting_are_outdated(service: Service, rows: Rows) -> None:
    for target, path in (("a", '{"thing": "a"}'), ("seat", '{"thing": "a", "seat": "seat"}'), ("b", "{}")):
        rows(
            "INSERT INTO proposals (id, endpoint, path, body, action, target, reason, rests_on, expires_at,"
            " proposed_by, proposer) VALUES (gen_random_uuid(), 'POST /x', %s, '{\"name\": \"Jana\"}', 'act',"
            " %s, 'why', '', now() + interval '1 day', 'vera', '') RETURNING 1",
            path,
            target,
        )
    with service.database.begin() as work:
        erase_subject(work.connection, "a")
    query = "SELECT target, state, body ->> 'name' FROM proposals ORDER BY target"
    assert rows(query) == [("a", "outdated", None), ("b", "waiting", "Jana"), ("seat", "outdated", None)]
