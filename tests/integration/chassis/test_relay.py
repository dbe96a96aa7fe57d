"""The relay on a real broker: all rows, in each subject's order, whatever happens to it."""

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.integration.chassis.broker_readings import first_seen, read_topic, until
from tests.integration.chassis.conftest import Rows
from tests.integration.chassis.things import said_on

from chassis.database.deferred_jobs import Job
from chassis.events import Tombstone
from chassis.messaging.compacted_topics import CompactedTopics
from chassis.messaging.relay.relay import Relay, RelaySettings
from chassis.messaging.republishing import NeverSentAgain, Selection, republish
from chassis.service import Service
from chassis.settings.kafka_address import KafkaAddress
from local_stack.kafka_cluster.cluster import KafkaAddress as RunningKafka

UNPUBLISHED = "SELECT count(*) FROM outbox WHERE published_at IS NULL"

StartRelay = Callable[..., threading.Event]


@pytest.fixture
def topic() -> str:
    return f"relay-{uuid4().hex[:8]}"


@pytest.fixture
def start_relay(service: Service, kafka: RunningKafka) -> Iterator[StartRelay]:
    """Start a relay in a thread; setting what it returns stops it."""
    address = KafkaAddress(bootstrap_servers=kafka.bootstrap_servers, api_version=kafka.api_version)
    quick: dict[str, Any] = {"balance_seconds": 0.2, "safety_poll_seconds": 30, "rows_per_read": 200}
    running: list[tuple[threading.Thread, threading.Event]] = []

    def start(**more: Any) -> threading.Event:
        stop = threading.Event()
        settings = RelaySettings(**{**quick, **more})
        relay = Relay(service.settings.database_url, address, name="test-relay", settings=settings)
        thread = threading.Thread(target=relay.run, args=(stop,))
        thread.start()
        running.append((thread, stop))
        return stop

    yield start
    for _, stop in running:
        stop.set()
    for thread, _ in running:
        thread.join(20)
        assert not thread.is_alive()


def write(service: Service, topic: str, subject: str, events: int = 1, *, may_wait: bool = False) -> None:
    with service.database.begin() as work:
        for number in range(events):
            work.emit(said_on(topic, may_wait=may_wait)(thing=subject, number=number))


def numbers_in(records: Sequence[Any]) -> list[int]:
    return [int(dict(record.headers)["ce_sequence"]) for record in records]


def test_a_committed_event_goes_out_as_a_cloud_event(
    service: Service, kafka: RunningKafka, rows: Rows, topic: str, start_relay: StartRelay
) -> None:
    start_relay()
    # In an empty context: no trace that an earlier test was in.
    Context().run(write, service, topic, "Zoë")
    until(lambda: rows(UNPUBLISHED) == [0])
    [record] = read_topic(kafka, topic, 1)
    headers = {name: value.decode() for name, value in record.headers}
    [(event_id, occurred_at)] = rows("SELECT event_id, occurred_at FROM outbox")
    assert record.key == "Zoë".encode()
    assert record.value == '{"thing":"Zoë","number":0}'.encode()
    assert datetime.fromisoformat(headers.pop("ce_time")) == occurred_at
    assert headers == {
        "ce_specversion": "1.0",
        "ce_id": str(event_id),
        "ce_type": "gangway.thing.said.v1",
        "ce_source": "/gangway/tallies",
        "ce_subject": "Zoë",
        "ce_sequence": "0000000000000000001",
        "ce_dataschema": "http://127.0.0.1/schemas/thing.said/v1.reader.schema.json",
        "content-type": "application/json",
    }


def test_two_relays_and_many_writers_keep_each_subjects_order(
    service: Service, kafka: RunningKafka, rows: Rows, topic: str, start_relay: StartRelay
) -> None:
    first = start_relay()
    start_relay()
    subjects = [f"s{number}" for number in range(40)]
    with ThreadPoolExecutor(4) as threads:
        for turn in range(20):
            list(threads.map(lambda subject: write(service, topic, subject, 2), subjects))
            if turn == 10:
                first.set()
    until(lambda: rows(UNPUBLISHED) == [0])
    seen = first_seen(read_topic(kafka, topic, 1600))
    assert seen == {subject: list(range(1, 41)) for subject in subjects}


def test_the_shards_are_shared_and_taken_over(service: Service, rows: Rows, start_relay: StartRelay) -> None:
    holders = (
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 7218 AND objid < 1000"
        " AND granted AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " GROUP BY pid ORDER BY 1"
    )
    first = start_relay()
    until(lambda: rows(holders) == [16])
    start_relay()
    until(lambda: rows(holders) == [8, 8])
    first.set()
    until(lambda: rows(holders) == [16])


def test_a_relay_whose_database_session_is_cut_goes_on(
    service: Service, kafka: RunningKafka, rows: Rows, topic: str, start_relay: StartRelay
) -> None:
    start_relay()
    write(service, topic, "a", 50)
    until(lambda: rows(UNPUBLISHED) == [0])
    cut = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'test-relay'"
    assert rows(cut) == [True]
    write(service, topic, "a", 50)
    until(lambda: rows(UNPUBLISHED) == [0])
    assert first_seen(read_topic(kafka, topic, 100)) == {"a": list(range(1, 101))}


def test_a_cluster_that_is_new_gets_what_is_retained_again(
    service: Service, kafka: RunningKafka, rows: Rows, topic: str, start_relay: StartRelay
) -> None:
    stop = start_relay()
    write(service, topic, "a", 3)
    until(lambda: rows(UNPUBLISHED) == [0])
    stop.set()
    assert rows("UPDATE outbox_shards SET cluster_id = 'another' RETURNING 1") == [1] * 16
    start_relay()
    records = read_topic(kafka, topic, 6)
    assert numbers_in(records) == [1, 2, 3, 1, 2, 3]
    ids = [dict(record.headers)["ce_id"] for record in records]
    assert ids[:3] == ids[3:]
    until(lambda: rows(UNPUBLISHED) == [0])


def test_a_new_cluster_gets_a_compacted_topic_anew_instead_of_old_rows(
    service: Service, kafka: RunningKafka, rows: Rows, topic: str, start_relay: StartRelay
) -> None:
    compacted = f"{topic}-compacted"
    job = Job(task="write_anew", queueing_lock="write_anew")
    settings = {"compacted": CompactedTopics(names=frozenset({compacted}), write_anew=job)}
    stop = start_relay(**settings)
    write(service, compacted, "a")
    write(service, topic, "a", 2)
    until(lambda: rows(UNPUBLISHED) == [0])
    jobs = "SELECT task_name FROM procrastinate_jobs"
    assert rows(jobs) == [], "the first cluster of a database is not a new one"
    stop.set()
    assert rows("UPDATE outbox_shards SET cluster_id = 'another' RETURNING 1") == [1] * 16
    start_relay(**settings)
    assert len(read_topic(kafka, topic, 4)) == 4
    until(lambda: rows(UNPUBLISHED) == [0])
    assert rows(jobs) == ["write_anew"]
    write(service, compacted, "a")
    assert numbers_in(read_topic(kafka, compacted, 2)) == [1, 2]


def test_of_the_snapshots_within_a_moment_the_newest_is_sent(
    service: Service, kafka: RunningKafka, rows: Rows, topic: str, start_relay: StartRelay
) -> None:
    compacted = f"{topic}-compacted"
    write(service, compacted, "a", 3)
    write(service, compacted, "b", 2)
    stop = start_relay(compacted=CompactedTopics(names=frozenset({compacted})), snapshot_seconds=2)
    until(lambda: rows(UNPUBLISHED) == [0])
    for _ in range(3):
        write(service, compacted, "a")
        write(service, topic, "a")
    assert numbers_in(read_topic(kafka, topic, 3)) == [1, 2, 3], "other events wait for nothing"
    assert rows(UNPUBLISHED) != [0], "snapshots do"
    stop.set()
    start_relay(compacted=CompactedTopics(names=frozenset({compacted})))
    until(lambda: rows(UNPUBLISHED) == [0])
    seen = first_seen(read_topic(kafka, compacted, 3))
    assert seen == {"a": [3, 6], "b": [2]}


def test_events_that_may_wait_go_together_after_a_moment(
    service: Service, kafka: RunningKafka, rows: Rows, topic: str, start_relay: StartRelay
) -> None:
    write(service, topic, "a")
    # Nothing but them wakes it.
    start_relay(gather_seconds=1.5, balance_seconds=600, safety_poll_seconds=600)
    until(lambda: rows(UNPUBLISHED) == [0])
    for subject in ("a", "b", "a"):
        write(service, topic, subject, may_wait=True)
    records = read_topic(kafka, topic, 4)
    assert first_seen(records) == {"a": [1, 2, 3], "b": [1]}
    _, first, _, _ = rows("SELECT occurred_at FROM outbox ORDER BY position")
    *_, earliest = sorted((record.timestamp for record in records), reverse=True)[:3]
    assert earliest >= (first + timedelta(seconds=1.5)).timestamp() * 1000 - 1


def test_an_event_that_may_not_wait_takes_along_what_waits(
    service: Service, kafka: RunningKafka, rows: Rows, topic: str, start_relay: StartRelay
) -> None:
    write(service, topic, "a")
    start_relay(gather_seconds=600)
    until(lambda: rows(UNPUBLISHED) == [0])
    write(service, topic, "a", may_wait=True)
    write(service, f"{topic}-other", "b", may_wait=True)
    write(service, topic, "a")
    assert numbers_in(read_topic(kafka, topic, 3)) == [1, 2, 3]
    assert numbers_in(read_topic(kafka, f"{topic}-other", 1)) == [1]


def test_what_waits_is_sent_by_the_next_session(
    service: Service, kafka: RunningKafka, rows: Rows, topic: str, start_relay: StartRelay
) -> None:
    write(service, topic, "a")
    stop = start_relay(gather_seconds=600)
    until(lambda: rows(UNPUBLISHED) == [0])
    write(service, topic, "a", may_wait=True)
    stop.set()
    start_relay(gather_seconds=600)
    assert numbers_in(read_topic(kafka, topic, 2)) == [1, 2]


def test_a_tombstone_is_a_record_without_a_value_that_has_its_number(
    service: Service, kafka: RunningKafka, rows: Rows, topic: str, start_relay: StartRelay
) -> None:
    start_relay()
    write(service, topic, "a")
    with service.database.begin() as work:
        work.emit(Tombstone(said_on(topic), "a"))
    until(lambda: rows(UNPUBLISHED) == [0])
    first, last = read_topic(kafka, topic, 2)
    assert (first.value, last.value, last.key) == (b'{"thing":"a","number":0}', None, b"a")
    headers = dict(last.headers)
    assert (headers["ce_sequence"], headers["ce_type"]) == (b"0000000000000000002", b"gangway.thing.said.v1")


def test_republishing_leaves_compacted_topics_out(
    service: Service, kafka: RunningKafka, rows: Rows, topic: str, start_relay: StartRelay
) -> None:
    compacted = f"{topic}-compacted"
    start_relay()
    write(service, topic, "a", 2)
    write(service, compacted, "a", 2)
    until(lambda: rows(UNPUBLISHED) == [0])
    left_out = {"actor": "tester", "reason": "lost", "compacted": [compacted]}
    assert republish(service.database, Selection(subject="a"), **left_out) == 2
    until(lambda: rows(UNPUBLISHED) == [0])
    assert len(read_topic(kafka, compacted, 2)) == 2
    with pytest.raises(NeverSentAgain, match=compacted):
        republish(service.database, Selection(topic=compacted), **left_out)


def test_republishing_sends_the_chosen_events_again(
    service: Service, kafka: RunningKafka, rows: Rows, topic: str, start_relay: StartRelay
) -> None:
    start_relay()
    write(service, topic, "a", 2)
    write(service, topic, "b", 2)
    until(lambda: rows(UNPUBLISHED) == [0])
    assert republish(service.database, Selection(subject="b"), actor="tester", reason="lost") == 2
    future = Selection(since=datetime(2999, 1, 1, tzinfo=UTC))
    assert republish(service.database, future, actor="tester", reason="lost") == 0
    records = read_topic(kafka, topic, 6)
    assert sorted(record.key for record in records) == [b"a"] * 2 + [b"b"] * 4
    assert rows("SELECT actor, outcome FROM operator_actions ORDER BY at") == [
        ("tester", "done: 2 events"),
        ("tester", "done: 0 events"),
    ]


def test_a_topic_that_cannot_be_sent_to_holds_up_no_other(
    service: Service, rows: Rows, topic: str, start_relay: StartRelay
) -> None:
    start_relay()
    write(service, "no topic can be called so", "a")
    write(service, topic, "a")
    until(lambda: rows(UNPUBLISHED) == [1])
    assert rows("SELECT topic FROM outbox WHERE published_at IS NULL") == ["no topic can be called so"]
