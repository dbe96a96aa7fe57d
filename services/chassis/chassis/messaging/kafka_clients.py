"""How we open kafka-python's clients, and what we do about their traps.

Clients are made after fork. ``api_version`` is None for Apache Kafka (the client asks) and ``(2, 3)`` for
librdkafka's built-in cluster, whose newer handshakes it cannot decode.
"""

import logging
import threading
import time
from collections.abc import Sequence
from typing import Any

from kafka import KafkaConsumer, KafkaProducer
from kafka.admin import KafkaAdminClient
from kafka.errors import KafkaError

from chassis.messaging.kafka_internals import follow_topic, stop_sending
from chassis.messaging.key_partitioner import KeyPartitioner
from chassis.messaging.watched_client import manager_of, opened
from chassis.settings.kafka_address import KafkaAddress
from chassis.telemetry.rate_limited import RateLimited

# The producer gives up a batch only after this; our own, shorter deadline drops the whole producer,
# because a batch given up alone would let a later one of the same partition pass it.
_DELIVERY_TIMEOUT_MS = 3_600_000

# Each answer without records costs a poll. `OneWaitPolls` ends the wait for one that came to be too long.
FETCH_WAIT_MS = 5_000
# The built-in cluster answers when the time is over, not when a record comes.
BUILT_IN_FETCH_WAIT_MS = 1_000


def make_producer(address: KafkaAddress, *, name: str) -> KafkaProducer:
    """An idempotent producer that keeps one batch per partition in flight, so order survives retries.

    Raises KafkaError while no broker answers, KafkaRefused where none takes us.
    """
    return opened(
        KafkaProducer,
        address,
        client_id=name,
        acks="all",
        enable_idempotence=True,
        delivery_timeout_ms=_DELIVERY_TIMEOUT_MS,
        request_timeout_ms=10_000,
        max_block_ms=5_000,
        batch_size=128 * 1024,
        linger_ms=0,
        partitioner=KeyPartitioner(),
        metrics_enabled=False,
    )


def make_consumer(
    address: KafkaAddress,
    *,
    group: str,
    topics: Sequence[str],
    instance: str | None,
    listener: Any,
    poll_interval_seconds: float = 300.0,
) -> KafkaConsumer:
    """A member of the group that commits explicitly and never skips a record.

    ``instance`` makes it a static member: after a crash its successor takes over at once, not after the
    session timeout of 6 s.
    """
    consumer = opened(
        KafkaConsumer,
        address,
        client_id=f"{group}-consumer",
        group_id=group,
        group_instance_id=instance,
        enable_auto_commit=False,
        auto_offset_reset="none",
        session_timeout_ms=6_000,
        heartbeat_interval_ms=1_500,
        max_poll_records=500,
        max_poll_interval_ms=int(poll_interval_seconds * 1000),
        fetch_max_wait_ms=BUILT_IN_FETCH_WAIT_MS if address.api_version else FETCH_WAIT_MS,
        metrics_enabled=False,
    )
    consumer.subscribe(topics=list(topics), listener=listener)
    return consumer


def await_topics(consumer: KafkaConsumer, topics: Sequence[str], timeout_seconds: float) -> bool:
    """Learn the topics' partitions before the group is joined; False when some stay unknown so long.

    Who leads the group assigns with what it knows. Metadata that arrives while it does so is taken for
    what it assigned with, and then a group without partitions stays so until somebody joins or leaves.
    """
    deadline = time.monotonic() + timeout_seconds
    manager = manager_of(consumer)
    while not all(manager.cluster.partitions_for_topic(topic) for topic in topics):
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        update = manager.cluster.request_update()
        try:
            manager.net.run(manager.wait_for, update, min(1.0, left) * 1000)
        except KafkaError:
            time.sleep(min(0.1, left))  # no broker answers just now
    return True


def make_admin(address: KafkaAddress) -> KafkaAdminClient:
    """A client for topics; raises KafkaError while no broker answers."""
    return opened(KafkaAdminClient, address, client_id="gangway-admin", request_timeout_ms=15_000)


def cluster_id(client: KafkaProducer | KafkaConsumer) -> str | None:
    """The cluster of the client's newest metadata; None before the first."""
    found: str | None = manager_of(client).cluster.cluster_id
    return found


def await_cluster_id(producer: KafkaProducer, timeout_seconds: float) -> str:
    """Ask for metadata and wait for the cluster's id; raises TimeoutError."""
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        _await_metadata(producer, min(1.0, deadline - time.monotonic()))
        found = cluster_id(producer)
        if found is not None:
            return found
    raise TimeoutError(f"No broker told its cluster id within {timeout_seconds:g} s.")


def knows_topic(producer: KafkaProducer, topic: str, timeout_seconds: float) -> bool:
    """Whether the topic's partitions are known; asks, and waits so long, when they are not.

    `KafkaProducer.send` would block for ``max_block_ms`` on a topic that is not there.
    """
    deadline = time.monotonic() + timeout_seconds
    while manager_of(producer).cluster.partitions_for_topic(topic) is None:
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        try:
            follow_topic(producer, topic)
        except (TypeError, ValueError):  # no topic can be called so
            return False
        _await_metadata(producer, min(left, 0.2))
        if is_forbidden(producer, topic):
            return False
    return True


def is_forbidden(producer: KafkaProducer, topic: str) -> bool:
    """Whether the brokers said that we have no right to know the topic."""
    return topic in manager_of(producer).cluster.unauthorized_topics


def _await_metadata(producer: KafkaProducer, timeout_seconds: float) -> None:
    answered = threading.Event()
    manager = manager_of(producer)
    manager.cluster.request_update().add_both(lambda _: answered.set())
    manager.net.wakeup()
    answered.wait(max(0.0, timeout_seconds))


def abandon(producer: KafkaProducer) -> None:
    """Drop a producer without waiting for what it has in flight; safe from its own callbacks.

    Its sender is told first: `close` may block on a flush while a broker is unavailable.
    """
    stop_sending(producer)

    def close() -> None:
        try:
            producer.close(timeout=1)
        except Exception as error:
            logging.getLogger(__name__).debug("closing an abandoned producer: %s", error)

    threading.Thread(target=close, name="abandoned-producer", daemon=True).start()


def quieten_kafka_logger() -> None:
    """Raise the level of kafka-python's loggers and limit what repeats. Harmless when repeated.

    A logger's filter sees only its own records, so the limit sits on every logger of the library.
    """
    limit = RateLimited()
    names = [name for name in logging.root.manager.loggerDict if name == "kafka" or name.startswith("kafka.")]
    for name in {"kafka", *names}:
        logger = logging.getLogger(name)
        if not any(isinstance(found, RateLimited) for found in logger.filters):
            logger.addFilter(limit)
    logging.getLogger("kafka").setLevel(logging.WARNING)
