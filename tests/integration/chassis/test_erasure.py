"""The last word on a subject: it overtakes what is parked, and nothing that comes later has an effect."""

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import pytest
from marshmallow import fields
from tests.end_to_end.waiting import wait_for
from tests.integration.chassis.conftest import Rows, Say

from chassis.database.erasure import erase_subject, finish_erasure, unfinished_erasures
from chassis.database.unit_of_work import UnitOfWork
from chassis.events import ReceivedEvent
from chassis.failures import NeverPossible, NotNow
from chassis.messaging.consumer.flood import FloodGauges
from chassis.messaging.consumer.poll import Poll
from chassis.messaging.consumer.poll_transaction import PollTransaction
from chassis.messaging.consumer.reading import Reader
from chassis.messaging.consumer.retrying import LaneRetry
from chassis.messaging.records import KeptRecord
from chassis.messaging.subscriptions import EventHandler, OpenSchema, Subscriptions
from chassis.operating.settling import Settling
from chassis.running.housekeeping import finish_erasures
from chassis.service import Service

ELSEWHERE = "elsewhere"
NUMBERS = "SELECT subject, number FROM tally ORDER BY id"
COUNTS = "SELECT (SELECT count(*) FROM parked_events), (SELECT count(*) FROM dead_letters)"


WAITING = """
SELECT count(*) FROM pg_stat_activity
WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%%lanes%%'
"""


def when_thing_ended(work: UnitOfWork, event: ReceivedEvent, data: Mapping[str, Any]) -> None:
    if data.get("busy"):
        raise NotNow("busy", "Somebody holds its rows.")
    work.connection.exec_driver_sql("DELETE FROM tally WHERE subject = %s", (event.subject,))
    erase_subject(work.connection, event.subject)


class EndedSchema(OpenSchema):
    busy = fields.Boolean()


@pytest.fixture
def heard(service: Service) -> Subscriptions[UnitOfWork]:
    """What the example hears, on a second topic too, and the end of a thing."""
    known = service.subscriptions
    assert known is not None
    ended = {"thing.ended.v1": EventHandler[UnitOfWork](EndedSchema(), when_thing_ended, is_last_word=True)}
    [(topic, handlers)], [owner] = known.topics.items(), known.owners.values()
    topics = {name: {**handlers, **ended} for name in (topic, ELSEWHERE)}
    return replace(known, topics=topics, owners=dict.fromkeys(topics, owner))


@pytest.fixture
def poll(service: Service, heard: Subscriptions[UnitOfWork]) -> Poll:
    return Poll(service.database, UnitOfWork, Reader(heard, "gangway"), heard.group, FloodGauges(heard.group))


def ended(say: Say, subject: str, **more: Any) -> KeptRecord:
    return say(subject, type="gangway.thing.ended.v1", **more)


def elsewhere(record: KeptRecord) -> KeptRecord:
    return record._replace(topic=ELSEWHERE)


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
    query = "SELECT last_sequence, is_erased FROM lanes WHERE subject = 'a' ORDER BY last_sequence"
    assert rows(query) == [(0, True), (6, True)]


def test_it_overtakes_what_is_parked(
    service: Service, poll: Poll, heard: Subscriptions[UnitOfWork], say: Say, rows: Rows
) -> None:
    poll.handle([say("a", 1), say("a", 2, needs="key"), say("a", 3)])
    assert rows(COUNTS) == [(2, 0)]
    poll.handle([ended(say, "a"), say("a", 5)])
    assert rows(NUMBERS) == []
    assert rows(COUNTS) == [(0, 0)]
    assert rows("SELECT is_parked, last_sequence FROM lanes WHERE last_sequence > 0") == [(False, 5)]
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


@pytest.mark.parametrize("was_erased", [False, True], ids=["first news", "erased before"])
def test_where_it_cannot_be_now_it_is_repeated_and_neither_parked_nor_dropped(
    service: Service, poll: Poll, say: Say, rows: Rows, was_erased: bool
) -> None:
    """What is parked of a subject goes with it: parked, the last word would be heard by nobody."""
    poll.handle([say("a", 1), say("a", 2, needs="key")])
    if was_erased:
        with service.database.begin() as work:
            erase_subject(work.connection, "a")
    before = rows(COUNTS)
    last = ended(say, "a", busy=True)
    with pytest.raises(NotNow):
        poll.handle([last, say("b", 1)])
    assert rows(COUNTS) == before
    poll.handle([last._replace(value=b"{}"), say("b", 2)])
    assert rows(NUMBERS) == [("b", 2)]
    assert rows(COUNTS) == [(0, 0)]


def test_a_dead_letter_that_is_the_last_word_is_replayed(
    service: Service, heard: Subscriptions[UnitOfWork], poll: Poll, say: Say, rows: Rows
) -> None:
    """Also where another topic told of the end before."""
    poll.handle([say("a", 1)])
    rows("UPDATE lanes SET is_erased = true RETURNING 1")
    poll.handle([ended(say, "a", busy="perhaps")])
    [letter_id] = rows("SELECT id FROM dead_letters")
    rows("UPDATE dead_letters SET record_value = '{}' RETURNING 1")
    settling = Settling(service.database, UnitOfWork, Reader(heard, "gangway"), heard.group)
    assert settling.replay(letter_id, "vera", "mended") is None
    assert rows(NUMBERS) == []


Other = Callable[[], AbstractContextManager[PollTransaction]]


@pytest.fixture
def other(service: Service, poll: Poll, say: Say) -> Other:
    """Another consumer of the group, in the middle of a poll that says that "a" has ended."""
    assert service.subscriptions is not None
    group, items = service.subscriptions.group, [poll._reader.read(ended(say, "a"))]

    @contextmanager
    def begin() -> Iterator[PollTransaction]:
        with service.database.begin() as work:
            yield PollTransaction(work, group, FloodGauges(group), items, poll._reader.topics)

    return begin


def test_two_topics_that_tell_of_the_same_end_do_not_wait_in_a_ring(
    poll: Poll, say: Say, rows: Rows, other: Other, capsys: pytest.CaptureFixture[str]
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with other() as transaction:
            beside = pool.submit(poll.handle, [elsewhere(ended(say, "a"))])
            wait_for("the other waits", lambda: rows(WAITING) != [0])
            transaction.apply()
        assert beside.result() == 1
    assert "poll repeated" not in capsys.readouterr().out
    assert rows("SELECT is_erased FROM lanes") == [True, True]


def test_the_first_event_of_a_lane_does_not_slip_in_beside_the_end(
    poll: Poll, say: Say, rows: Rows, other: Other
) -> None:
    with ThreadPoolExecutor(1) as pool:
        with other() as transaction:
            transaction.apply()
            beside = pool.submit(poll.handle, [elsewhere(say("a", 1, sequence=1))])
            wait_for("the other waits", lambda: beside.done() or rows(WAITING) != [0])
        assert beside.result() == 1
    assert rows(NUMBERS) == []


def test_an_erasure_is_looked_after_for_longer_than_a_transaction_lasts(service: Service, rows: Rows) -> None:
    """Whoever ran beside it may still commit what it did not see."""
    with service.database.begin() as work:
        erase_subject(work.connection, "a")

    def left_after_a_look() -> list[str]:
        with service.database.begin() as work:
            assert finish_erasure(work.connection, "a")
            return unfinished_erasures(work.connection, 10)

    assert left_after_a_look() == ["a"]
    rows("UPDATE erased_subjects SET erased_at = erased_at - interval '11 min' RETURNING 1")
    assert left_after_a_look() == []


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


PROPOSE = """
INSERT INTO proposals (id, endpoint, path, body, action, target, reason, rests_on, expires_at,
    proposed_by, proposer)
VALUES (gen_random_uuid(), 'POST /x', %s, '{"name": "Jana"}', 'act', %s, 'why', '', now() + interval '1 day',
    'vera', '') RETURNING 1
"""
PROPOSALS = "SELECT target, state, body ->> 'name' FROM proposals ORDER BY target"


def test_the_bodies_of_proposals_go_and_the_waiting_are_outdated(service: Service, rows: Rows) -> None:
    for target, path in (("a", '{"thing": "a"}'), ("seat", '{"thing": "a", "seat": "seat"}'), ("b", "{}")):
        rows(PROPOSE, path, target)
    with service.database.begin() as work:
        erase_subject(work.connection, "a")
    assert rows(PROPOSALS) == [("a", "outdated", None), ("b", "waiting", "Jana"), ("seat", "outdated", None)]


def test_whoever_confirms_a_proposal_meanwhile_is_not_waited_for(service: Service, rows: Rows) -> None:
    """They wait for rows that the erasure holds: each would wait for the other."""
    rows(PROPOSE, '{"thing": "a"}', "a")
    with service.database.begin() as confirming:
        confirming.connection.exec_driver_sql("SELECT FROM proposals FOR UPDATE")
        with service.database.begin() as work:
            work.connection.exec_driver_sql("SET LOCAL lock_timeout = '5s'")
            erase_subject(work.connection, "a")
    assert rows(PROPOSALS) == [("a", "waiting", "Jana")]
    assert finish_erasures(service.database) == 1
    assert rows(PROPOSALS) == [("a", "outdated", None)]


SENT = """
INSERT INTO outbox (shard, topic, subject, event_id, sequence, type, source, occurred_at, data, published_at)
VALUES (0, 'things', %s, gen_random_uuid(), %s, 'thing.said.v1', '/x', now(), '{}', now()) RETURNING 1
"""
OUTBOX = "SELECT subject, sequence FROM outbox ORDER BY position"
ANSWERED = """
INSERT INTO idempotency_answers (scope, principal, key, request_digest, status, body, subject, expires_at)
VALUES ('POST /x', 'p', %s, '', 200, '{}', %s, now() + interval '1 day') RETURNING 1
"""


def test_what_was_sent_and_answered_goes_and_what_tells_of_the_end_stays(
    service: Service, rows: Rows
) -> None:
    """A new cluster is told of the end once more."""
    for subject in ("a", "b"):
        rows(SENT, subject, 1)
        rows(ANSWERED, subject, subject)
    rows(SENT, "a", 2)
    rows("UPDATE outbox SET published_at = NULL WHERE sequence = 2 RETURNING 1")
    with service.database.begin() as work:
        erase_subject(work.connection, "a")
    assert rows(OUTBOX) == [("b", 1), ("a", 2)], "what was not sent is, so that no reader meets a hole"
    rows("UPDATE outbox SET published_at = now() RETURNING 1")
    rows(SENT, "a", 3)
    assert finish_erasures(service.database) == 1
    assert rows(OUTBOX) == [("b", 1), ("a", 3)]
    assert rows("SELECT subject FROM idempotency_answers") == ["b"]
