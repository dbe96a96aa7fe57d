"""Notices topics that no member was assigned, and asks for a rebalance.

Only the member that the group made its leader looks for new topics and partitions. A static member that
restarts after a crash is given its old assignment without being told that it leads; if a topic appears
after that, or appeared while the first assignment was made, nobody would ever assign it (seen with
kafka-python 3.0.12 on Apache Kafka 4.1).
"""

import time

import structlog
from kafka import KafkaConsumer

from chassis.messaging.watched_client import manager_of

log = structlog.stdlib.get_logger(__name__)

LONGEST_WAIT_SECONDS = 300.0


class AssignmentWatch:
    """Asks at growing intervals: a surplus member rightly has nothing assigned."""

    def __init__(self, first_seconds: float = 3.0) -> None:
        self._first = first_seconds
        self._wait = first_seconds
        self._missing: set[str] = set()
        self._since = 0.0

    def milliseconds_left(self, most: int) -> int:
        """How long a round may last."""
        return min(most, 1_000) if self._missing else most

    def is_time_to_ask(self, missing: set[str]) -> bool:
        """Call it every round with the topics of which nothing is ours."""
        now = time.monotonic()
        if missing != self._missing:
            self._missing, self._since, self._wait = missing, now, self._first
            return False
        if not missing or now - self._since < self._wait:
            return False
        self._since = now
        self._wait = min(self._wait * 4, LONGEST_WAIT_SECONDS)
        log.info("subscribed topics unassigned, rebalance requested", topics=sorted(missing))
        return True


def unassigned_topics(consumer: KafkaConsumer) -> set[str]:
    """Topics that are there and that we read, but of which we were given nothing. Does not block."""
    cluster = manager_of(consumer).cluster
    known = {topic for topic in consumer.subscription() or () if cluster.partitions_for_topic(topic)}
    return known - {partition.topic for partition in consumer.assignment() or ()}
