"""Offsets committed without waiting: what failed is committed again, what others took over is not."""

from collections.abc import Callable, Mapping
from typing import Any

from kafka import OffsetAndMetadata, TopicPartition
from kafka.errors import NotCoordinatorError

from chassis.messaging.consumer.offset_commits import OffsetCommits
from chassis.messaging.consumer.positions import Assignment
from chassis.messaging.records import KeptRecord

FIRST, SECOND = TopicPartition("t", 0), TopicPartition("t", 1)


class FakeConsumer:
    """Notes commits; the test answers them."""

    def __init__(self) -> None:
        self.assigned = {FIRST, SECOND}
        self.asked: list[tuple[dict[TopicPartition, int], Callable[[Any], None]]] = []
        self.waited_for: list[dict[TopicPartition, int]] = []

    def assignment(self) -> set[TopicPartition]:
        return self.assigned

    def commit_async(self, offsets: Any, callback: Callable[[Any, Any], None]) -> None:
        self.asked.append((plain(offsets), lambda answer: callback(offsets, answer)))

    def commit(self, offsets: Any, timeout_ms: int) -> None:
        self.waited_for.append(plain(offsets))


def plain(offsets: Mapping[TopicPartition, OffsetAndMetadata]) -> dict[TopicPartition, int]:
    return {partition: offset.offset for partition, offset in offsets.items()}


def record(partition: int, offset: int) -> KeptRecord:
    return KeptRecord("t", partition, offset, 0, None, None, ())


def test_what_failed_is_committed_again_though_nothing_more_comes() -> None:
    consumer = FakeConsumer()
    commits = OffsetCommits(consumer, 0.0)
    commits.add([record(0, 4), record(0, 5), record(1, 7)])
    commits.send_due()
    assert [asked for asked, _ in consumer.asked] == [{FIRST: 6, SECOND: 8}]
    consumer.asked[0][1](NotCoordinatorError())
    commits.send_due()
    commits.send_due()
    assert [asked for asked, _ in consumer.asked] == [{FIRST: 6, SECOND: 8}] * 2
    consumer.asked[1][1](object())
    commits.send_due()
    commits.finish()
    assert len(consumer.asked) == 2
    assert consumer.waited_for == []


def test_an_old_answer_confirms_nothing_newer() -> None:
    consumer = FakeConsumer()
    commits = OffsetCommits(consumer, 0.0)
    commits.add([record(0, 4)])
    commits.add([record(0, 5)])
    consumer.asked[0][1](object())
    commits.finish()
    assert consumer.waited_for == [{FIRST: 6}]


def test_what_others_read_now_is_theirs_to_commit() -> None:
    consumer = FakeConsumer()
    commits = OffsetCommits(consumer, 0.0)
    commits.add([record(0, 4), record(1, 7)])
    consumer.assigned = {SECOND}
    commits.finish()
    assert consumer.waited_for == [{SECOND: 8}]
    commits.forget({SECOND})
    commits.finish()
    assert len(consumer.waited_for) == 1


def test_what_stays_with_us_in_a_rebalance_is_committed_though_nothing_more_comes() -> None:
    """kafka-python reads on from where it was there, so nobody would ever bring the group up to date."""
    consumer = FakeConsumer()
    commits = OffsetCommits(consumer, 3600.0)
    commits.add([record(0, 3)])
    commits.add([record(0, 4), record(1, 7)])
    listener = Assignment()
    for assigned in ((FIRST, SECOND), (FIRST,)):
        listener.on_partitions_revoked(consumer.assigned)
        listener.on_partitions_assigned(assigned)
        consumer.assigned = set(assigned)
    commits.forget(listener.take_left())
    commits.finish()
    assert consumer.waited_for == [{FIRST: 5}]


def test_a_commit_whose_answer_a_rebalance_swallows_is_made_again() -> None:
    consumer = FakeConsumer()
    commits = OffsetCommits(consumer, 0.0)
    commits.add([record(0, 4)])
    commits.forget(())
    commits.send_due()
    assert [asked for asked, _ in consumer.asked] == [{FIRST: 5}] * 2


def test_what_left_and_came_back_is_no_longer_ours_to_commit() -> None:
    listener = Assignment()
    listener.on_partitions_assigned((FIRST, SECOND))
    listener.on_partitions_lost((FIRST, SECOND))
    listener.on_partitions_assigned((FIRST, SECOND))
    assert listener.take_left() == {FIRST, SECOND}
    assert listener.take_left() == set()


def test_what_is_done_within_a_moment_is_committed_together() -> None:
    consumer = FakeConsumer()
    commits = OffsetCommits(consumer, 3600.0)
    commits.add([record(0, 4)])
    commits.add([record(0, 5)])
    commits.add([record(1, 7)])
    commits.send_due()
    assert [asked for asked, _ in consumer.asked] == [{FIRST: 5}]
    commits.finish()
    assert consumer.waited_for == [{FIRST: 6, SECOND: 8}]
