"""What we use of kafka-python's private parts does what we use it for, so that no upgrade changes it unseen.

How a refused connection is told is seen by `test_secured_kafka.py`.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread, Timer
from typing import Any
from unittest.mock import patch

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.admin import NewTopic
from kafka.consumer import fetcher
from kafka.errors import IllegalStateError, KafkaError, KafkaTimeoutError
from kafka.record.default_records import DefaultRecordBatch, DefaultRecordBatchBuilder
from tests.integration.chassis.broker_readings import until

from chassis.messaging import kafka_clients, kafka_internals
from chassis.messaging.consumer.positions import Assignment, poll
from chassis.messaging.kafka_clients import (
    abandon,
    await_topics,
    knows_topic,
    make_admin,
    make_consumer,
    make_producer,
)
from chassis.messaging.kafka_internals import (
    OneWaitPolls,
    WaitEnded,
    append_record,
    compare_partitions_quickly,
    follow_topic,
    mend_unreadable_names,
    next_offset,
    report_outcome,
    request_rejoin,
    sending_in_bulk,
    stop_sending,
)
from chassis.messaging.records import Record
from chassis.messaging.watched_client import manager_of
from chassis.settings.kafka_address import KafkaAddress
from local_stack.kafka_cluster import cluster


@pytest.fixture
def address(kafka: cluster.KafkaAddress) -> KafkaAddress:
    return KafkaAddress(bootstrap_servers=kafka.bootstrap_servers, api_version=kafka.api_version)


@pytest.fixture
def topic(address: KafkaAddress) -> str:
    name = f"internals-{uuid.uuid4().hex}"
    admin = make_admin(address)
    admin.create_topics([NewTopic(name, 1, 1)])
    admin.close()
    return name


@pytest.fixture
def producer(address: KafkaAddress, topic: str) -> Iterator[KafkaProducer]:
    producer = make_producer(address, name="internals")
    assert knows_topic(producer, topic, timeout_seconds=10)
    yield producer
    abandon(producer)


@pytest.fixture
def listener() -> Assignment:
    return Assignment()


@pytest.fixture
def consumer(address: KafkaAddress, topic: str, listener: Assignment) -> Iterator[KafkaConsumer]:
    group = f"group-{uuid.uuid4().hex}"
    consumer = make_consumer(address, group=group, topics=[topic], instance=None, listener=listener)
    until(lambda: consumer.partitions_for_topic(topic))  # who joins without knowing it is given nothing
    yield consumer
    consumer.close(autocommit=False)


def test_records_in_bulk_wake_nobody_and_wait_for_a_full_batch(
    producer: KafkaProducer, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kafka_internals, "_BULK_LINGER_MS", 3_600_000)
    net = manager_of(producer).net
    calls: list[None] = []
    wake = net.wakeup
    monkeypatch.setattr(net, "wakeup", lambda: (calls.append(None), wake()))
    with sending_in_bulk(producer):
        sent = [producer.send(topic, b"%d" % number) for number in range(100)]
        assert not calls
        wake()
        with pytest.raises(KafkaTimeoutError):
            sent[0].get(0.3)
    assert [future.get(20).offset for future in sent] == list(range(100))
    assert producer.send(topic, b"alone").get(20).offset == 100


def test_a_record_that_is_not_checked_arrives_as_one_that_is(
    producer: KafkaProducer, consumer: KafkaConsumer, topic: str
) -> None:
    headers = [("ce_id", b"1"), ("n\xe4me", "w\xf6rd".encode())]
    answers: list[Any] = []
    failures: list[BaseException] = []
    for value in (b"v", None):
        unchecked = append_record(producer, topic, b"key", value, headers)
        report_outcome(unchecked, answers.append, failures.append)
        unchecked.get(20)
        producer.send(topic, key=b"key", value=value, headers=headers).get(20)
    read: list[Record] = []
    until(lambda: read.extend(poll(consumer, 100)) or len(read) == 4)
    assert [(record.key, record.value, record.headers) for record in read] == [
        (b"key", value, headers) for value in (b"v", b"v", None, None)
    ]
    assert [answer.offset for answer in answers] == [0, 2]

    with sending_in_bulk(producer):
        held = append_record(producer, topic, b"key", b"held", headers)
        report_outcome(held, answers.append, failures.append)
        stop_sending(producer)
    until(lambda: failures)
    assert (type(failures[0]), len(failures), len(answers)) == (IllegalStateError, 1, 2)
    with pytest.raises(KafkaError):
        append_record(producer, topic, b"key", b"late", headers)
    with pytest.raises(ValueError, match="unknown"):
        append_record(producer, "unknown", b"key", b"v", headers)


def test_a_producer_that_was_stopped_sends_nothing_of_what_it_holds(
    producer: KafkaProducer, consumer: KafkaConsumer, topic: str
) -> None:
    with sending_in_bulk(producer):
        held = producer.send(topic, b"held")
        stop_sending(producer)
    with pytest.raises(KafkaError):
        held.get(20)
    assert consumer.end_offsets([TopicPartition(topic, 0)]) == {TopicPartition(topic, 0): 0}


def test_a_topic_is_known_once_it_is_followed(address: KafkaAddress, topic: str) -> None:
    producer = make_producer(address, name="following")
    try:
        assert manager_of(producer).cluster.partitions_for_topic(topic) is None
        with pytest.raises(ValueError, match="not a name"):
            follow_topic(producer, "not a name")
        follow_topic(producer, topic)
        assert knows_topic(producer, topic, timeout_seconds=10)
    finally:
        abandon(producer)


def test_a_position_is_known_without_asking_and_a_rejoin_is_a_new_assignment(
    producer: KafkaProducer, consumer: KafkaConsumer, listener: Assignment, topic: str
) -> None:
    partition = TopicPartition(topic, 0)
    assert next_offset(consumer, partition) is None
    for number in range(3):
        producer.send(topic, b"%d" % number).get(20)
    read: list[Record] = []
    until(lambda: read.extend(poll(consumer, 100)) or len(read) == 3)
    assert next_offset(consumer, partition) == 3

    listener.has_changed.clear()
    request_rejoin(consumer)
    until(lambda: poll(consumer, 100) == [] and listener.has_changed.is_set())


def test_what_is_asked_of_a_partition_is_compared_by_all_that_is_asked(
    producer: KafkaProducer, consumer: KafkaConsumer, topic: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fetch says only what differs from the one before: of a field left out the broker would not hear."""
    compare_partitions_quickly()
    asked: list[dict[str, object]] = []
    make = fetcher._FetchPartition
    noted = lambda **fields: (asked.append(fields), make(**fields))[1]  # noqa: E731
    monkeypatch.setattr(fetcher, "_FetchPartition", noted)
    producer.send(topic, b"1").get(20)
    until(lambda: len(poll(consumer, 100)) == 1)

    fields = asked[-1]
    assert make(**fields) == make(**fields)
    assert [name for name in fields if make(**fields) == make(**{**fields, name: 999})] == []


def test_a_poll_hands_over_once_for_each_wait_and_can_be_ended(
    producer: KafkaProducer, consumer: KafkaConsumer, listener: Assignment, topic: str
) -> None:
    polls = OneWaitPolls(consumer)
    until(lambda: poll(consumer, 100) == [] and listener.has_changed.is_set())
    partition = TopicPartition(topic, 0)
    producer.send(topic, b"0").get(20)
    until(lambda: len(poll(consumer, 1_000)) == 1)
    with patch.object(manager_of(consumer).net, "run", wraps=manager_of(consumer).net.run) as hand_overs:
        for number in range(1, 6):
            sent = Timer(0.05, producer.send, (topic, b"%d" % number))
            sent.start()
            assert [record.value for record in poll(consumer, 5_000)] == [b"%d" % number]
        assert 5 <= hand_overs.call_count < 10
    assert next_offset(consumer, partition) == 6

    polls.end_wait()
    with pytest.raises(WaitEnded):
        consumer.poll(timeout_ms=60_000)
    Timer(0.1, polls.end_wait).start()
    assert poll(consumer, 60_000) == []
    consumer.close(autocommit=False)
    polls.end_wait()


@pytest.fixture
def pair(address: KafkaAddress, monkeypatch: pytest.MonkeyPatch) -> str:
    """A topic of two partitions, whose readers wait long for records."""
    monkeypatch.setattr(kafka_clients, "FETCH_WAIT_MS", 29_000)
    name = f"internals-{uuid.uuid4().hex}"
    admin = make_admin(address)
    admin.create_topics([NewTopic(name, 2, 1)])
    admin.close()
    return name


@contextmanager
def member(address: KafkaAddress, group: str, topic: str, least: int) -> Iterator[KafkaConsumer]:
    """Of a group, with at least so many partitions."""
    consumer = make_consumer(address, group=group, topics=[topic], instance=None, listener=Assignment())
    try:
        OneWaitPolls(consumer)
        assert await_topics(consumer, [topic], timeout_seconds=30)
        until(lambda: poll(consumer, 100) == [] and len(consumer.assignment()) >= least)
        yield consumer
    finally:
        consumer.close(autocommit=False)


def test_a_partition_that_comes_does_not_wait_for_the_answer_of_the_others(
    address: KafkaAddress, producer: KafkaProducer, pair: str
) -> None:
    with member(address, f"group-{uuid.uuid4().hex}", pair, 2) as consumer:
        consumer.pause(TopicPartition(pair, 1))
        producer.send(pair, b"first", partition=0).get(20)
        until(lambda: [record.value for record in poll(consumer, 1_000)] == [b"first"])
        assert poll(consumer, 100) == []  # now partition 0 alone is waited for
        producer.send(pair, b"late", partition=1).get(20)
        consumer.resume(TopicPartition(pair, 1))
        assert [record.value for record in poll(consumer, 20_000)] == [b"late"]


def test_what_is_held_is_read_before_more_is_asked_for(
    address: KafkaAddress, producer: KafkaProducer, pair: str
) -> None:
    """Else the others of its broker would be asked for without it, and we would hang up to ask for it."""
    with member(address, f"group-{uuid.uuid4().hex}", pair, 2) as consumer:
        until(lambda: poll(consumer, 100) == [] and not consumer._subscription.missing_fetch_positions())
        with patch.object(manager_of(consumer), "close") as hang_up:
            for many in (1_200, 1):  # more than two polls return
                with sending_in_bulk(producer):
                    for _ in range(many):
                        producer.send(pair, b"held", partition=0)
                read: list[Record] = []
                until(lambda read=read, many=many: read.extend(poll(consumer, 20_000)) or len(read) == many)
            assert not hang_up.called


def test_a_partition_that_nobody_asks_for_ends_the_wait_with_the_next_heartbeat(
    address: KafkaAddress, producer: KafkaProducer, pair: str
) -> None:
    """Its leader was away, or its position was being looked at, when the others were asked for."""
    with member(address, f"group-{uuid.uuid4().hex}", pair, 2) as consumer:
        late = TopicPartition(pair, 1)
        consumer.pause(late)
        producer.send(pair, b"first", partition=0).get(20)
        until(lambda: [record.value for record in poll(consumer, 1_000)] == [b"first"])
        assert poll(consumer, 100) == []
        producer.send(pair, b"late", partition=1).get(20)
        Timer(0.5, consumer._subscription.resume, (late,)).start()
        assert [record.value for record in poll(consumer, 20_000)] == [b"late"]


def test_a_rebalance_ends_the_wait_for_records(address: KafkaAddress, pair: str) -> None:
    group = f"group-{uuid.uuid4().hex}"
    with member(address, group, pair, 2) as first:
        until(lambda: poll(first, 100) == [] and not first._subscription.missing_fetch_positions())
        is_over = Event()

        def wait_for_records() -> None:
            while not is_over.is_set():
                poll(first, 60_000)

        waiting = Thread(target=wait_for_records)
        with patch.object(first._fetcher, "_handle_fetch_response") as answer:
            waiting.start()
            try:
                with member(address, group, pair, 1):
                    until(lambda: len(first.assignment()) == 1)
                    assert not answer.called
            finally:
                is_over.set()  # the one that leaves is a rebalance as well
                waiting.join()


def test_names_that_are_not_utf_8_are_mended_where_they_stand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(DefaultRecordBatch, "_read_msg", DefaultRecordBatch._read_msg)
    mended: list[int] = []

    def mend(buffer: bytearray, start: int) -> None:
        mended.append(start)
        place = buffer.index(b"\xff", start)
        buffer[place : place + 1] = b"?"

    mend_unreadable_names(mend)
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 10_000)
    for offset in range(2):
        builder.append(offset, timestamp=0, key=None, value=b"v", headers=[("#", b"")])
    batch = builder.build()
    body = bytes(batch).replace(b"#", b"\xff")
    names = [record.headers[0][0] for record in DefaultRecordBatch(bytearray(body))]
    assert (names, len(mended)) == (["?", "?"], 2)
