"""Positions of a stopped group move together, or not at all."""

from collections.abc import Mapping
from typing import Any

import pytest
from kafka import OffsetAndMetadata, TopicPartition
from kafka.errors import KafkaTimeoutError, UnknownMemberIdError

from chassis.messaging.consumer import from_outside
from chassis.messaging.consumer.accepting_loss import ConsumerRuns, Moved, accept_loss
from chassis.settings.kafka_address import KafkaAddress

ADDRESS = KafkaAddress(bootstrap_servers="kafka.example:9092")
STARTS = {0: 40, 1: 40, 2: 40, 3: 40}
COMMITTED = {0: 7, 1: 40, 2: None, 3: 39}


class FakeConsumer:
    """One topic of four partitions; ``fails`` is what the group's coordinator says to a commit."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.fails = fails
        self.requests: list[Mapping[TopicPartition, OffsetAndMetadata]] = []
        self.is_closed = False

    def partitions_for_topic(self, topic: str) -> set[int]:
        return set(STARTS)

    def assign(self, partitions: list[TopicPartition]) -> None:
        assert len(partitions) == len(STARTS)

    def beginning_offsets(self, partitions: list[TopicPartition], **_: Any) -> dict[TopicPartition, int]:
        return {partition: STARTS[partition.partition] for partition in partitions}

    def committed(self, partition: TopicPartition, **_: Any) -> int | None:
        return COMMITTED[partition.partition]

    def commit(self, offsets: Mapping[TopicPartition, OffsetAndMetadata], **_: Any) -> None:
        self.requests.append(offsets)
        if self.fails:
            raise self.fails

    def close(self, **_: Any) -> None:
        self.is_closed = True


def accepted(consumer: FakeConsumer, monkeypatch: pytest.MonkeyPatch) -> list[Moved]:
    monkeypatch.setattr(from_outside, "opened", lambda *_, **__: consumer)
    return accept_loss(ADDRESS, "readers", ["t"])


def test_all_that_lie_before_the_start_move_in_one_request(monkeypatch: pytest.MonkeyPatch) -> None:
    consumer = FakeConsumer()
    assert accepted(consumer, monkeypatch) == [Moved("t", 0, 7, 40), Moved("t", 3, 39, 40)]
    [offsets] = consumer.requests
    assert {partition.partition: offset.offset for partition, offset in offsets.items()} == {0: 40, 3: 40}


@pytest.mark.parametrize(
    ("said", "raised"), [(UnknownMemberIdError(), ConsumerRuns), (KafkaTimeoutError(), KafkaTimeoutError)]
)
def test_a_refusal_moves_none(
    monkeypatch: pytest.MonkeyPatch, said: Exception, raised: type[Exception]
) -> None:
    consumer = FakeConsumer(said)
    with pytest.raises(raised):
        accepted(consumer, monkeypatch)
    assert len(consumer.requests) == 1
    assert consumer.is_closed
