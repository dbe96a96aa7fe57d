"""A member asks for a rebalance when a topic is there and nobody gave it a part of it."""

from types import SimpleNamespace
from typing import Any

from kafka import TopicPartition

from chassis.messaging.consumer.assignment_watch import AssignmentWatch


class FakeConsumer:
    """What the watch sees of a consumer."""

    def __init__(self) -> None:
        self.known: dict[str, set[int]] = {}
        self.assigned: set[Any] = set()
        self.rejoins = 0
        self._cluster = SimpleNamespace(partitions_for_topic=self.known.get)
        self._coordinator = SimpleNamespace(request_rejoin=self._rejoin)

    def subscription(self) -> set[str]:
        return {"a", "b"}

    def assignment(self) -> set[Any]:
        return self.assigned

    def _rejoin(self) -> None:
        self.rejoins += 1


def test_a_topic_that_appeared_unnoticed_is_asked_for() -> None:
    consumer, watch = FakeConsumer(), AssignmentWatch(first_seconds=0)
    assert not watch.check(consumer)
    consumer.known["a"] = {0}
    assert not watch.check(consumer)
    assert watch.check(consumer)
    assert consumer.rejoins == 1


def test_one_that_is_ours_or_not_there_is_not() -> None:
    consumer, watch = FakeConsumer(), AssignmentWatch(first_seconds=0)
    consumer.known["a"] = {0}
    consumer.assigned = {TopicPartition("a", 0)}
    assert not any(watch.check(consumer) for _ in range(5))


def test_it_waits_before_it_asks_again() -> None:
    consumer, watch = FakeConsumer(), AssignmentWatch(first_seconds=3600)
    consumer.known["a"] = {0}
    assert not any(watch.check(consumer) for _ in range(5))
