"""What stands in a topic, read as any foreign consumer would."""

import time
from collections.abc import Callable
from typing import Any

from kafka import KafkaConsumer, TopicPartition

from local_stack.kafka_cluster.cluster import KafkaAddress

PATIENCE_SECONDS = 60


def read_topic(kafka: KafkaAddress, topic: str, least: int) -> list[Any]:
    """All records of a topic, once at least so many are there; fails after `PATIENCE_SECONDS`."""
    consumer = KafkaConsumer(
        bootstrap_servers=kafka.bootstrap_servers,
        api_version=kafka.api_version,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        metrics_enabled=False,
    )
    try:
        until(lambda: consumer.partitions_for_topic(topic))
        partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
        consumer.assign(partitions)
        records: list[Any] = []

        def has_all() -> bool:
            for batch in consumer.poll(timeout_ms=200).values():
                records.extend(batch)
            ends = consumer.end_offsets(partitions)
            return len(records) >= least and all(
                consumer.position(partition) >= end for partition, end in ends.items()
            )

        until(has_all)
        return records
    finally:
        consumer.close(autocommit=False)


def first_seen(records: list[Any]) -> dict[str, list[int]]:
    """For each subject the numbers in the order in which they were first seen."""
    seen: dict[str, list[int]] = {}
    for record in records:
        headers = dict(record.headers)
        numbers = seen.setdefault(headers["ce_subject"].decode(), [])
        number = int(headers["ce_sequence"])
        if number not in numbers:
            numbers.append(number)
    return seen


def until(condition: Callable[[], Any]) -> None:
    """Wait until the condition holds; fails after `PATIENCE_SECONDS`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def grows_to(count: Callable[[], int], least: int) -> None:
    """Wait until so many are there; fails when nothing was added for `PATIENCE_SECONDS`."""
    seen, deadline = -1, 0.0
    while (found := count()) < least:
        if found > seen:
            seen, deadline = found, time.monotonic() + PATIENCE_SECONDS
        assert time.monotonic() < deadline, f"stuck at {found} of {least}"
        time.sleep(0.1)
