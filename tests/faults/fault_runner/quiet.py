"""Whether anything moves: something to send, something due, something parked, something unread."""

import time
from collections.abc import Mapping, Sequence
from contextlib import closing

import psycopg
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaError

from fault_runner.evidence import Evidence
from local_stack.port_plan import INTEGRATIONS

_POLL_SECONDS = 1.0
# Deadlines of partners and ends of invitations are days away; retries come within this time.
_COUNTS = {
    "unpublished events": "SELECT count(*) FROM outbox WHERE published_at IS NULL",
    "jobs": """SELECT count(*) FROM procrastinate_jobs WHERE task_name NOT LIKE 'chassis.clean%'
        AND task_name <> 'chassis.retry_stalled_jobs' AND (status = 'doing'
        OR status = 'todo' AND coalesce(scheduled_at, now()) < now() + interval '20 minutes')""",
    "parked lanes": "SELECT count(*) FROM lanes WHERE is_parked",
}
_COUNTS_OF = {INTEGRATIONS: {"webhooks to send": "SELECT count(*) FROM deliveries WHERE state = 'waiting'"}}


class Movement:
    """Looks at the services' databases and at their consumer groups, past the proxies."""

    def __init__(
        self,
        databases: Mapping[str, str],
        kafka: str,
        groups: Mapping[str, Sequence[str]],
        evidence: Evidence,
    ) -> None:
        self._databases = databases
        self._kafka = kafka
        self._groups = groups
        self._evidence = evidence

    def await_quiet(self, deadline_seconds: float) -> list[str]:
        """Return once all is quiet twice in a row, or at the deadline what still moves, in words."""
        give_up_at = time.monotonic() + deadline_seconds
        quiet = 0
        while True:
            moving = self.now()
            quiet = 0 if moving else quiet + 1
            if quiet == 2:
                return []
            if time.monotonic() > give_up_at:
                return moving
            time.sleep(_POLL_SECONDS)

    def now(self) -> list[str]:
        """What moves, in words; noted in the evidence."""
        found = self._look()
        if found:
            self._evidence.note("moving", words=found)
        return found

    def _look(self) -> list[str]:
        try:
            found = [words for service, url in self._databases.items() for words in _moving_in(service, url)]
            # The cheap question first: while something moves, nobody has to ask Kafka.
            return found or [
                words for group, topics in self._groups.items() for words in _lag(self._kafka, group, topics)
            ]
        except (psycopg.Error, KafkaError) as error:
            return [f"could not ask: {error}"]


def _moving_in(service: str, url: str) -> list[str]:
    with psycopg.connect(url, connect_timeout=5) as connection:
        asked = _COUNTS | _COUNTS_OF.get(service, {})
        counts = {name: connection.execute(query).fetchone() for name, query in asked.items()}
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
