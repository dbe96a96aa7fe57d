"""A member asks for a rebalance when a topic is there and nobody gave it a part of it."""

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
