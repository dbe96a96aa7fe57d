"""The consumer's loop: poll, apply, commit; pause without a database; stop on faults of our own."""

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import structlog
from kafka import KafkaConsumer
from kafka.errors import AuthorizationError, FencedInstanceIdError, KafkaError

from chassis import failpoints
from chassis.database.outages import describe
from chassis.database.pool import Database
from chassis.database.unit_of_work import UnitOfWork
from chassis.messaging import event_metrics
from chassis.messaging.consumer.assignment_watch import AssignmentWatch, unassigned_topics
from chassis.messaging.consumer.error_table import Meaning, verdict_on
from chassis.messaging.consumer.flood import FloodGauges
from chassis.messaging.consumer.gathering import Gathering
from chassis.messaging.consumer.offset_commits import OffsetCommits
from chassis.messaging.consumer.poll import Poll
from chassis.messaging.consumer.positions import Assignment, poll, report_lag
from chassis.messaging.consumer.reading import Reader
from chassis.messaging.header_names import tolerate_header_names
from chassis.messaging.kafka_clients import await_topics, cluster_id, make_consumer, quieten_kafka_logger
from chassis.messaging.kafka_internals import (
    OneWaitPolls,
    WaitEnded,
    compare_partitions_quickly,
    request_rejoin,
)
from chassis.messaging.kafka_refusals import KafkaRefused
from chassis.messaging.records import Record
from chassis.messaging.subscriptions import Subscriptions
from chassis.messaging.watched_client import as_refusal, raise_if_refused
from chassis.settings.backbone import FloodLimits
from chassis.settings.kafka_address import KafkaAddress
from chassis.telemetry import heartbeat
from chassis.waking import WakeOnStop

log = structlog.stdlib.get_logger(__name__)

TOPICS_SECONDS = 5.0


@dataclass(frozen=True, kw_only=True)
class ConsumerSettings:
    """How a consumer behaves. ``instance`` names a static member: one process, kept over restarts.

    A handler that takes longer than ``poll_interval_seconds`` costs the member its partitions; whoever
    takes them over waits for the lane, and sees that the event had its effect. ``gather_seconds`` is how long
    records that are not urgent are held back, ``commit_seconds`` how often offsets are committed.
    """

    type_prefix: str = "gangway"
    instance: str | None = None
    flood: FloodLimits = field(default_factory=FloodLimits)
    poll_ms: int = 5_000
    poll_interval_seconds: float = 300.0
    gather_seconds: float = 0.5
    commit_seconds: float = 1.0
    lag_seconds: float = 5.0
    pause_first_seconds: float = 0.2
    pause_most_seconds: float = 5.0
    restart_seconds: float = 1.0
    refused_first_seconds: float = 2.0
    refused_most_seconds: float = 30.0


class Consumer:
    """One member of a consumer group."""

    def __init__(
        self,
        database: Database,
        subscriptions: Subscriptions[Any],
        work_factory: Callable[..., UnitOfWork],
        kafka: KafkaAddress,
        settings: ConsumerSettings | None = None,
    ) -> None:
        self._database = database
        self._kafka = kafka
        self._settings = settings or ConsumerSettings()
        self._group = subscriptions.group
        self._topics = sorted(subscriptions.topics)
        self._reader = Reader(subscriptions, self._settings.type_prefix)
        flood = FloodGauges(self._group, self._settings.flood)
        self._poll = Poll(database, work_factory, self._reader, self._group, flood)

    def run(self, stop: threading.Event) -> None:
        """Handle events until ``stop`` is set, then finish the poll, commit and leave. Blocks.

        Broker and database may come and go. Raises FloodOfDeadLetters, PositionLost, and what a
        handler raised unclassified: that is a fault of ours, and nothing of that event is committed.
        """
        quieten_kafka_logger()
        event_metrics.count_from_zero(self._topics)
        refused_wait = self._settings.refused_first_seconds
        tolerate_header_names()
        compare_partitions_quickly()
        waking = WakeOnStop(stop)
        while not stop.is_set():
            started = time.monotonic()
            try:
                self._membership(stop, waking)
            except FencedInstanceIdError as error:
                raise RuntimeError(f"Another consumer runs as {self._settings.instance!r}.") from error
            except (KafkaRefused, AuthorizationError) as error:
                if time.monotonic() - started > self._settings.refused_most_seconds:
                    refused_wait = self._settings.refused_first_seconds
                cause = str(as_refusal(error, self._kafka))
                log.error("kafka refused the consumer", cause=cause, wait_seconds=refused_wait)
                _wait(stop, refused_wait)
                refused_wait = min(refused_wait * 2, self._settings.refused_most_seconds)
            except KafkaError as error:
                log.warning("consumer restarts", cause=repr(error))
                stop.wait(self._settings.restart_seconds)

    def _membership(self, stop: threading.Event, waking: WakeOnStop) -> None:
        assignment = Assignment()
        consumer = make_consumer(
            self._kafka,
            group=self._group,
            topics=self._topics,
            instance=self._settings.instance,
            listener=assignment,
            poll_interval_seconds=self._settings.poll_interval_seconds,
        )
        waking.wake = OneWaitPolls(consumer).end_wait
        try:
            await_topics(consumer, self._topics, timeout_seconds=TOPICS_SECONDS)
            self._rounds(consumer, assignment, stop)
        finally:
            consumer.close(autocommit=False, timeout_ms=3_000)

    def _rounds(self, consumer: KafkaConsumer, assignment: Assignment, stop: threading.Event) -> None:
        commits = OffsetCommits(consumer, self._settings.commit_seconds)
        gathering = Gathering(self._reader.is_urgent, self._settings.gather_seconds)
        lag_at = 0.0
        watch = AssignmentWatch()
        cluster = None
        while not stop.is_set():
            heartbeat.beat()
            most = commits.milliseconds_left(watch.milliseconds_left(self._settings.poll_ms))
            records = poll(consumer, gathering.milliseconds_left(most))
            raise_if_refused(consumer)
            cluster = _same_cluster(consumer, cluster)
            if watch.is_time_to_ask(unassigned_topics(consumer)):
                request_rejoin(consumer)
            if assignment.has_changed.is_set():
                assignment.has_changed.clear()
                left = assignment.take_left()
                commits.forget(left)
                gathering.forget(left)
                self._begin_assignment(consumer, stop)
            gathering.add(records)
            if due := gathering.take_due():
                commits.add(self._apply(consumer, commits, due, stop))
                failpoints.reach("consumer.after_apply")
            commits.send_due()
            if time.monotonic() > lag_at:
                report_lag(consumer)
                lag_at = time.monotonic() + self._settings.lag_seconds
        commits.finish()

    def _begin_assignment(self, consumer: KafkaConsumer, stop: threading.Event) -> None:
        """Load what other members recorded about the partitions that are now assigned to us."""
        self._outlast_database(consumer, self._poll.load, stop)
        partitions = consumer.assignment()
        self._poll.flood.check((partition.topic, partition.partition) for partition in partitions)
        log.info("partitions assigned", count=len(partitions))

    def _apply(
        self,
        consumer: KafkaConsumer,
        commits: OffsetCommits,
        records: Sequence[Record],
        stop: threading.Event,
    ) -> list[Record]:
        """Apply the records; return those that are done. Waits while the database is unavailable.

        Where it stops, the group's position is the record at which it does.
        """
        try:
            if not self._outlast_database(consumer, partial(self._poll.handle, records), stop):
                return []
            if self._poll.done < len(records):
                self._poll.flood.check((record.topic, record.partition) for record in records)
        except Exception:
            commits.add(records[: self._poll.done])
            commits.finish()
            raise
        return list(records[: self._poll.done])

    def _outlast_database(
        self, consumer: KafkaConsumer, action: Callable[[], object], stop: threading.Event
    ) -> bool:
        """Retry it while the database is unavailable, staying in the group. False when stopped meanwhile."""
        wait = self._settings.pause_first_seconds
        while not stop.is_set():
            try:
                action()
            except Exception as error:
                # LATER comes here only when not even that could be noted, and for the last word on a subject.
                if verdict_on(error).row.meaning not in {Meaning.UNAVAILABLE, Meaning.LATER}:
                    raise
                event_metrics.CONSUMER_PAUSED.set(1)
                log.warning("database unavailable, consumer pauses", cause=describe(error))
                _stay_in_group(consumer, wait)
                wait = min(wait * 2, self._settings.pause_most_seconds)
            else:
                event_metrics.CONSUMER_PAUSED.set(0)
                consumer.resume(*consumer.paused())
                return True
        return False


def _wait(stop: threading.Event, seconds: float) -> None:
    """Wait, with heartbeats, for a person to grant what is missing."""
    deadline = time.monotonic() + seconds
    while not stop.is_set() and (left := deadline - time.monotonic()) > 0:
        heartbeat.beat()
        stop.wait(min(left, 1.0))


def _stay_in_group(consumer: KafkaConsumer, seconds: float) -> None:
    """Poll with partitions paused, to stay in the group; records that arrive anyway are read again later."""
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        heartbeat.beat()
        consumer.pause(*consumer.assignment())
        with suppress(WaitEnded):
            for partition, batch in consumer.poll(timeout_ms=int(left * 1000)).items():
                consumer.seek(partition, batch[0].offset)


def _same_cluster(consumer: KafkaConsumer, known: str | None) -> str | None:
    """The cluster's id; raises KafkaError when it changed, so that positions are fetched again."""
    current = cluster_id(consumer)
    if known is not None and current is not None and current != known:
        raise KafkaError("the Kafka cluster was replaced by another one")
    return current or known
