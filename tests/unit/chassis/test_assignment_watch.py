"""A member asks for a rebalance when a topic is there and nobody gave it a part of it."""

import time

import pytest

from chassis.messaging.consumer.assignment_watch import AssignmentWatch


def test_a_topic_that_stays_unassigned_is_asked_for() -> None:
    watch = AssignmentWatch(first_seconds=0)
    assert not watch.is_time_to_ask(set())
    assert not watch.is_time_to_ask({"a"})
    assert watch.is_time_to_ask({"a"})


def test_one_that_was_assigned_meanwhile_is_not() -> None:
    watch = AssignmentWatch(first_seconds=0)
    assert not watch.is_time_to_ask({"a"})
    assert not any(watch.is_time_to_ask(set()) for _ in range(5))


def test_it_waits_before_it_asks_again() -> None:
    watch = AssignmentWatch(first_seconds=3600)
    assert not any(watch.is_time_to_ask({"a"}) for _ in range(5))


def test_it_asks_later_and_later_and_for_another_topic_as_soon_as_for_the_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    watch = AssignmentWatch(first_seconds=3)

    def asks(at: float, missing: str) -> bool:
        monkeypatch.setattr(time, "monotonic", lambda: at)
        return watch.is_time_to_ask({missing})

    assert [at for at in range(20) if asks(at, "a")] == [3, 15]
    assert [at for at in range(20, 30) if asks(at, "b")] == [23]
