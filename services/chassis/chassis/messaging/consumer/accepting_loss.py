"""Move a stopped group's positions to the log's start where records were dropped before they were read."""

from collections.abc import Sequence

from kafka import KafkaConsumer, OffsetAndMetadata, TopicPartition

from chassis.messaging.watched_client import opened
from chassis.settings.kafka_address import KafkaAddress


def accept_loss(address: KafkaAddress, group: str, topics: Sequence[str]) -> list[str]:
    """Commit the start of the log for partitions whose committed offset lies before it; tell which.

    The group's consumers must be stopped, as they are after PositionLost. Raises KafkaError.
    """
    consumer = opened(KafkaConsumer, address, group_id=group, enable_auto_commit=False, metrics_enabled=False)
    try:
        partitions = [
            TopicPartition(topic, number)
            for topic in topics
            for number in sorted(consumer.partitions_for_topic(topic))
        ]
        consumer.assign(partitions)
        moved = []
        for partition, start in consumer.beginning_offsets(partitions).items():
            committed = consumer.committed(partition)
            if committed is not None and committed < start:
                consumer.commit({partition: OffsetAndMetadata(start, "", -1)})
                moved.append(f"{partition.topic}/{partition.partition}: from {committed} to {start}")
        return moved
    finally:
        consumer.close(autocommit=False)
