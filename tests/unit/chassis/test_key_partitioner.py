"""A key's partition is the one that every other client would choose."""

from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st
from kafka.partitioner.default import DefaultPartitioner

from chassis.messaging.key_partitioner import KeyPartitioner


def cluster_with(partitions: set[int]) -> SimpleNamespace:
    return SimpleNamespace(
        topics=lambda: {"t"},
        partitions_for_topic=lambda _topic: partitions,
        available_partitions_for_topic=lambda _topic: partitions,
    )


@given(st.binary(), st.integers(1, 20))
def test_same_answer_as_the_library_also_when_asked_again(key: bytes, count: int) -> None:
    cluster = cluster_with(set(range(count)))
    expected = DefaultPartitioner().partition("t", key, key, b"", b"", cluster)
    for _ in range(2):
        assert KeyPartitioner().partition("t", key, key, b"", b"", cluster) == expected


def test_a_record_without_key_gets_any_partition() -> None:
    assert KeyPartitioner().partition("t", None, None, b"", b"", cluster_with({0, 1})) in {0, 1}
