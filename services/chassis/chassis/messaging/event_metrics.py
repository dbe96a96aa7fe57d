"""Counters of the event backbone, in Prometheus' default registry."""

from collections.abc import Iterable

from prometheus_client import Counter, Gauge

RELAY_PUBLISHED = Counter("gangway_relay_published", "Outbox rows acknowledged by Kafka and marked")
RELAY_RESTARTS = Counter("gangway_relay_restarts", "Relay sessions that ended in trouble")
RELAY_SHARDS = Gauge("gangway_relay_shards", "Shards of the outbox that this relay holds")

CONSUMER_EVENTS = Counter("gangway_consumer_events", "Records by what became of them", ["topic", "outcome"])
CONSUMER_HOLES = Counter("gangway_consumer_holes", "Numbers that a lane jumped over", ["topic"])
CONSUMER_TAKEN = Counter(
    "gangway_consumer_taken_numbers", "Events whose number was another event's: forged or restored", ["topic"]
)
CONSUMER_LAG = Gauge("gangway_consumer_lag", "Records not yet read", ["topic", "partition"])
CONSUMER_PAUSED = Gauge("gangway_consumer_paused", "1 while the consumer waits for its database")


def count_from_zero(topics: Iterable[str]) -> None:
    """Show the counters of rare events before the first one: what begins with 1 has not increased."""
    for topic in topics:
        CONSUMER_HOLES.labels(topic)
        CONSUMER_TAKEN.labels(topic)
