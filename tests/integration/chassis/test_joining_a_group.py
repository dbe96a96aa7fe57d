"""A consumer knows its topics before it joins its group: the first assignment covers them all."""

import uuid

from kafka.admin import KafkaAdminClient, NewTopic

from chassis.messaging.consumer.positions import Assignment
from chassis.messaging.kafka_clients import await_topics, make_consumer
from chassis.messaging.watched_client import manager_of
from chassis.settings.kafka_address import KafkaAddress
from local_stack.kafka_cluster import cluster


def address_of(kafka: cluster.KafkaAddress) -> KafkaAddress:
    return KafkaAddress(bootstrap_servers=kafka.bootstrap_servers, api_version=kafka.api_version)


def test_topics_are_known_before_the_first_poll(kafka: cluster.KafkaAddress) -> None:
    topics = [f"joining-{uuid.uuid4().hex}" for _ in range(2)]
    admin = KafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers, api_version=kafka.api_version)
    admin.create_topics([NewTopic(topic, 3, 1) for topic in topics])
    admin.close()
    group = f"group-{uuid.uuid4().hex}"
    listener = Assignment()
    consumer = make_consumer(address_of(kafka), group=group, topics=topics, instance=None, listener=listener)
    try:
        assert await_topics(consumer, topics, timeout_seconds=30)
        assert [len(manager_of(consumer).cluster.partitions_for_topic(topic)) for topic in topics] == [3, 3]
        assert consumer.assignment() == set()
    finally:
        consumer.close(autocommit=False)


def test_a_topic_that_is_not_there_is_not_waited_for_without_end(kafka: cluster.KafkaAddress) -> None:
    topics = ["not a name that a topic can have"]
    group = f"group-{uuid.uuid4().hex}"
    consumer = make_consumer(
        address_of(kafka),
        group=group,
        topics=["another"],
        instance=None,
        listener=Assignment(),
    )
    try:
        assert not await_topics(consumer, topics, timeout_seconds=1)
    finally:
        consumer.close(autocommit=False)
