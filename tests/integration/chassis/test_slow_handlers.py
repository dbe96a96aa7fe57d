"""A handler that outlasts the poll interval: its partition goes to another member, its effect stays one."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from kafka import KafkaProducer
from tests.integration.chassis.broker_readings import until
from tests.integration.chassis.conftest import Rows, Say

from chassis.database.unit_of_work import UnitOfWork
from chassis.events import ReceivedEvent
from chassis.messaging.consumer.consumer import Consumer, ConsumerSettings
from chassis.messaging.subscriptions import EventHandler, Subscriptions
from chassis.service import Service
from chassis.settings.kafka_address import KafkaAddress
from local_stack.kafka_cluster import cluster

pytestmark = pytest.mark.apache

NUMBERS = "SELECT number FROM tally ORDER BY id"
WAITING = (
    "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
)


class SlowOnce:
    """The example's handlers, of which the first call waits until it is let go on."""

    def __init__(self, subscriptions: Subscriptions[UnitOfWork]) -> None:
        self.has_begun = threading.Event()
        self.may_end = threading.Event()
        topics = {
            topic: {name: self._slow(handler) for name, handler in handlers.items()}
            for topic, handlers in subscriptions.topics.items()
        }
        self.subscriptions = replace(subscriptions, topics=topics)

    def _slow(self, handler: EventHandler[UnitOfWork]) -> EventHandler[UnitOfWork]:
        def handle(work: UnitOfWork, event: ReceivedEvent, data: Mapping[str, Any]) -> None:
            handler.handle(work, event, data)
            if not self.has_begun.is_set():
                self.has_begun.set()
                assert self.may_end.wait(60)

        return EventHandler(handler.schema, handle)


@contextmanager
def running(consumer: Consumer) -> Iterator[threading.Event]:
    stop = threading.Event()
    thread = threading.Thread(target=consumer.run, args=(stop,))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(60)
        assert not thread.is_alive()


@pytest.fixture
def send(kafka: cluster.KafkaAddress, say: Say) -> Callable[[int], None]:
    def one(number: int) -> None:
        producer = KafkaProducer(bootstrap_servers=kafka.bootstrap_servers, metrics_enabled=False)
        record = say("a", number)
        producer.send(record.topic, key=record.key, value=record.value, headers=list(record.headers)).get(20)
        producer.close()

    return one


def test_the_next_owner_waits_for_the_lane_and_drops_what_was_done(
    service: Service, kafka: cluster.KafkaAddress, rows: Rows, send: Callable[[int], None]
) -> None:
    assert service.subscriptions is not None
    slow = SlowOnce(service.subscriptions)
    address = KafkaAddress(bootstrap_servers=kafka.bootstrap_servers)
    settings = ConsumerSettings(poll_interval_seconds=2.0)

    def member() -> Consumer:
        return Consumer(service.database, slow.subscriptions, UnitOfWork, address, settings)

    send(1)
    with running(member()):
        assert slow.has_begun.wait(60)
        with running(member()):
            until(lambda: rows(WAITING) == [1])
            slow.may_end.set()
            until(lambda: rows(NUMBERS) == [1])
            send(2)
            send(3)
            until(lambda: rows(NUMBERS) == [1, 2, 3])
    assert rows("SELECT count(*) FROM lane_holes") == [0]
