"""Which partition a key belongs to: as Java's clients say, remembered for keys that come again."""

from functools import lru_cache
from typing import Any

from kafka.cluster import ClusterMetadata
from kafka.partitioner.default import DefaultPartitioner, murmur2

KEYS_REMEMBERED = 10_000

# kafka-python counts it out in Python, byte by byte.
_hash = lru_cache(maxsize=KEYS_REMEMBERED)(murmur2)


class KeyPartitioner(DefaultPartitioner):  # type: ignore[misc]
    """The same answers as kafka-python's own."""

    def partition(  # noqa: PLR0917 - as kafka-python calls it
        self,
        topic: str,
        key: Any,
        serialized_key: bytes | None,
        value: Any,
        serialized_value: bytes | None,
        cluster: ClusterMetadata,
    ) -> int:
        """The partition; raises ValueError for a topic that is not known."""
        partitions = cluster.partitions_for_topic(topic)
        if serialized_key is None or not partitions:
            chosen: int = super().partition(topic, key, serialized_key, value, serialized_value, cluster)
            return chosen
        place: int = (_hash(serialized_key) & 0x7FFFFFFF) % len(partitions)
        return sorted(partitions)[place]  # type: ignore[no-any-return]
