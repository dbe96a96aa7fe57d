"""When a plain kafka-python consumer had each record of a topic in its hands."""

import time
from threading import Event

from kafka import KafkaConsumer, TopicPartition

from local_stack.kafka_cluster.cluster import KafkaAddress


def arrivals(kafka: KafkaAddress, topic: str, stop: Event, is_ready: Event) -> dict[str, int]:
    """Read from now on until ``stop`` is set; nanoseconds since 1970 by event id. Blocks."""
    consumer = KafkaConsumer(
        bootstrap_servers=kafka.bootstrap_servers,
        api_version=kafka.api_version,
        enable_auto_commit=False,
        metrics_enabled=False,
    )
    partitions = [TopicPartition(topic, number) for number in consumer.partitions_for_topic(topic)]
    consumer.assign(partitions)
    consumer.seek_to_end()
    for partition in partitions:
        consumer.position(partition)
    is_ready.set()
    found: dict[str, int] = {}
    while not stop.is_set():
        for records in consumer.poll(timeout_ms=200).values():
            now = time.time_ns()
            for record in records:
                found[dict(record.headers)["ce_id"].decode()] = now
    consumer.close(autocommit=False)
    return found
