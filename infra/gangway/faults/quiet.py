"""Wait until nothing moves any more: nothing to send, nothing due, nothing parked, nothing unread."""

import time
from collections.abc import Mapping, Sequence
from contextlib import closing

import psycopg
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from gangway.stack.port_plan import SERVICES

_POLL_SECONDS = 1.0
# Deadlines of partners and ends of invitations are days away; retries come within this time.
_COUNTS = {
    "unpublished events": "SELECT count(*) FROM outbox WHERE published_at IS NULL",
    "jobs": """SELECT count(*) FROM procrastinate_jobs WHERE task_name NOT LIKE 'chassis.clean%'
        AND task_name <> 'chassis.retry_stalled_jobs' AND (status = 'doing'
        OR status = 'todo' AND coalesce(scheduled_at, now()) < now() + interval '20 minutes')""",
    "parked lanes": "SELECT count(*) FROM lanes WHERE is_parked",
}


def wait_for_quiet(
    databases: Mapping[str, str], kafka: str, groups: Mapping[str, Sequence[str]], deadline_seconds: float
) -> list[str]:
    """Return once all is quiet twice in a row, or at the deadline what still moves, in words."""
    give_up_at = time.monotonic() + deadline_seconds
    quiet = 0
    while True:
        moving = _moving(databases, kafka, groups)
        quiet = 0 if moving else quiet + 1
        if quiet == 2:
            return []
        if time.monotonic() > give_up_at:
            return moving
        time.sleep(_POLL_SECONDS)


def _moving(databases: Mapping[str, str], kafka: str, groups: Mapping[str, Sequence[str]]) -> list[str]:
    try:
        found = [words for service in SERVICES for words in _moving_in(service, databases[service])]
        # The cheap question first: while something moves, nobody has to ask Kafka.
        return found or [words for group, topics in groups.items() for words in _lag(kafka, group, topics)]
    except (psycopg.Error, KafkaError) as error:
        return [f"could not ask: {error}"]


def _moving_in(service: str, url: str) -> list[str]:
    with psycopg.connect(url, connect_timeout=5) as connection:
        counts = {name: connection.execute(query).fetchone() for name, query in _COUNTS.items()}
    return [f"{service} has {row[0]} {name}" for name, row in counts.items() if row and row[0]]


def _lag(kafka: str, group: str, topics: Sequence[str]) -> list[str]:
    consumer = KafkaConsumer(bootstrap_servers=kafka.split(","), group_id=group, enable_auto_commit=False)
    with closing(consumer):
        partitions = [
            TopicPartition(topic, number)
            for topic in topics
            for number in consumer.partitions_for_topic(topic) or ()
        ]
        lag = 0
        for partition, end in consumer.end_offsets(partitions).items():
            lag += end - (consumer.committed(partition) or 0)
    return [f"{group} is {lag} records behind"] if lag else []
