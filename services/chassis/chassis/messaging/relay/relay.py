"""The relay's loop: woken by NOTIFY, many sends in flight, rows marked only after acknowledgement.

Events that may wait go with the next that may not, else together after a second: each batch
wakes every consumer of its topics, and that costs more than what it brings.
Of a subject's snapshots on a compacted topic that are written within a second the newest is sent.
"""

import math
import select
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field

import psycopg
import structlog
from kafka import KafkaProducer
from kafka.errors import KafkaError

from chassis import failpoints
from chassis.database.outages import describe
from chassis.database.patient_connections import connect
from chassis.database.urls import driver_url
from chassis.messaging import event_metrics
from chassis.messaging.compacted_topics import CompactedTopics
from chassis.messaging.kafka_clients import (
    abandon,
    await_cluster_id,
    cluster_id,
    is_forbidden,
    knows_topic,
    make_producer,
    quieten_kafka_logger,
)
from chassis.messaging.kafka_internals import sending_in_bulk
from chassis.messaging.kafka_refusals import KafkaRefused, no_right_to_write
from chassis.messaging.outbox import MAY_WAIT, WAKE_CHANNEL
from chassis.messaging.relay.new_cluster import publish_again_on_new_cluster
from chassis.messaging.relay.pending import PendingRow, PendingRows
from chassis.messaging.relay.sending import Lane, RecordRefused, SendFailed, Sending
from chassis.messaging.relay.shards import ShardLocks
from chassis.messaging.relay.snapshots import newest_of
from chassis.messaging.watched_client import raise_if_refused
from chassis.settings.database_timeouts import TIMEOUTS_OF, DatabaseTimeouts
from chassis.settings.kafka_address import KafkaAddress
from chassis.waking import WakeOnStop

log = structlog.stdlib.get_logger(__name__)

BULK_ROWS = 100


@dataclass(frozen=True, kw_only=True)
class RelaySettings:
    """Limits of the relay, whose defaults suit production, and the compacted topics it sends to."""

    database: DatabaseTimeouts = TIMEOUTS_OF["relay"]
    safety_poll_seconds: float = 5.0
    snapshot_seconds: float = 1.0
    gather_seconds: float = 1.0
    balance_seconds: float = 2.0
    send_deadline_seconds: float = 20.0
    rows_in_flight_most: int = 4_000
    rows_per_read: int = 2_000
    restart_first_seconds: float = 0.2
    restart_most_seconds: float = 5.0
    refused_first_seconds: float = 2.0
    refused_most_seconds: float = 30.0
    hold_topic_seconds: float = 1.0
    hold_lane_seconds: float = 60.0
    compacted: CompactedTopics = field(default_factory=CompactedTopics)


class Relay:
    """One relay process; several may run on one outbox and share the shards."""

    def __init__(
        self, database_url: str, kafka: KafkaAddress, *, name: str, settings: RelaySettings | None = None
    ) -> None:
        self._database_url = driver_url(database_url)
        self._kafka = kafka
        self._name = name
        self._settings = settings or RelaySettings()
        self._held_until: dict[Lane, float] = {}
        self.is_connected = threading.Event()

    def run(self, stop: threading.Event) -> None:
        """Publish until ``stop`` is set; a failure ends only the session. Blocks."""
        quieten_kafka_logger()
        waking = WakeOnStop(stop)
        wait = self._settings.restart_first_seconds
        refused_wait = self._settings.refused_first_seconds
        while not stop.is_set():
            started = time.monotonic()
            try:
                with self._session(stop, waking) as session:
                    session.run()
            except KafkaRefused as error:
                event_metrics.RELAY_RESTARTS.inc()
                log.error("relay refused by kafka", cause=str(error), wait_seconds=refused_wait)
                stop.wait(refused_wait)
                refused_wait = min(refused_wait * 2, self._settings.refused_most_seconds)
                started = time.monotonic()
            except (SendFailed, KafkaError, psycopg.Error, TimeoutError, OSError) as error:
                event_metrics.RELAY_RESTARTS.inc()
                cause = describe(error) if isinstance(error, psycopg.Error) else str(error)
                log.warning("relay restarts", cause=cause, wait_seconds=round(wait, 2))
                if isinstance(error, RecordRefused):
                    self._held_until[error.lane] = time.monotonic() + self._settings.hold_lane_seconds
                stop.wait(wait)
            finally:
                self.is_connected.clear()
            was_well = time.monotonic() - started > self._settings.restart_most_seconds * 2
            refused_wait = self._settings.refused_first_seconds if was_well else refused_wait
            wait = self._settings.restart_first_seconds if was_well else wait * 2
            wait = min(wait, self._settings.restart_most_seconds)

    @contextmanager
    def _session(self, stop: threading.Event, waking: WakeOnStop) -> Iterator["_Session"]:
        with connect(
            self._database_url, self._settings.database, autocommit=True, application_name=self._name
        ) as connection:
            producer = make_producer(self._kafka, name=self._name)
            sending = Sending(producer, deadline_seconds=self._settings.send_deadline_seconds)
            waking.wake = sending.wake
            try:
                cluster = await_cluster_id(producer, timeout_seconds=10)
                self.is_connected.set()
                yield _Session(
                    settings=self._settings,
                    connection=connection,
                    producer=producer,
                    sending=sending,
                    cluster=cluster,
                    held_until=self._held_until,
                    stop=stop,
                )
            finally:
                abandon(producer)
                sending.close()


@dataclass(kw_only=True)
class _Session:
    """One database session and one producer, as long as both work."""

    settings: RelaySettings
    connection: psycopg.Connection[tuple[object, ...]]
    producer: KafkaProducer
    sending: Sending
    cluster: str
    held_until: dict[Lane, float]
    stop: threading.Event

    def __post_init__(self) -> None:
        self._prepare_connection()
        self._locks = ShardLocks(self.connection)
        self._pending = PendingRows(self.connection)
        self._has_news = True
        self._balance_at = 0.0
        self._safety_poll_at = 0.0
        self._snapshots_at = 0.0
        # When what waits in the table is to be sent: snapshots that were held back, events that may wait.
        self._due_at = math.inf

    def run(self) -> None:
        """Until stopped, then until nothing is in flight; raises whatever ends the session."""
        try:
            while not self.stop.is_set():
                self._step()
            self._drain()
        finally:
            # What is acknowledged need not be sent again.
            positions = self.sending.take_acknowledged()
            if positions and not self.connection.broken:
                self._pending.mark_published(positions)

    def _prepare_connection(self) -> None:
        # A lost mark only sends a row again, so marks need not wait for the disk. A plan that knows the rows
        # in flight looks each up in a hash. Dead peers are found within some 20 s on either side, or another
        # relay could not have the shards.
        self.connection.execute(
            "SELECT set_config(name, value, false) FROM (VALUES ('synchronous_commit', 'off'),"
            " ('plan_cache_mode', 'force_custom_plan'), ('TimeZone', 'UTC'), ('tcp_keepalives_idle', '10'),"
            " ('tcp_keepalives_interval', '3'), ('tcp_keepalives_count', '3')) AS wanted (name, value)"
        )
        self.connection.execute(f"LISTEN {WAKE_CHANNEL}")

    def _step(self) -> None:
        self.sending.check()
        now = time.monotonic()
        if now >= self._balance_at:
            self._balance()
            self._balance_at = now + self.settings.balance_seconds
        if now >= self._safety_poll_at:
            self._has_news = True
            self._safety_poll_at = now + self.settings.safety_poll_seconds
        if now >= self._due_at:
            self._has_news = True
        if self._has_news and self._locks.held and self._has_room():
            self._send_batch()
        else:
            self._wait()

    def _mark(self) -> None:
        """Note what was acknowledged. It is not urgent, so it comes with what is to be done anyway."""
        positions = self.sending.take_acknowledged()
        if positions:
            failpoints.reach("relay.after_ack")
            self._pending.mark_published(positions)
            event_metrics.RELAY_PUBLISHED.inc(len(positions))
            failpoints.reach("relay.after_mark")
        if not self.sending:
            self.sending.is_awaited = False

    def _send_batch(self) -> None:
        self._take_notifications()
        is_bulk = self.sending.is_awaited
        if is_bulk:
            self._mark()
        self._has_news = False
        now = time.monotonic()
        held = [lane for lane, until in self.held_until.items() if until > now]
        snapshots = self.settings.compacted.names
        are_snapshots_due = now >= self._snapshots_at
        if not are_snapshots_due:
            held += [(topic, None) for topic in snapshots]
        per_shard = max(64, self.settings.rows_per_read // len(self._locks.held))
        rows = self._pending.read(
            self._locks.held, in_flight=self.sending.in_flight, held=held, limit_per_shard=per_shard
        )
        counts = Counter(row.shard for row in rows)
        is_cut_off = any(count >= per_shard for count in counts.values())
        self._has_news = self._has_news or is_cut_off
        self._due_at = self._snapshots_at if snapshots and not are_snapshots_due else math.inf
        if are_snapshots_due and not is_cut_off:
            self._snapshots_at = now + self.settings.snapshot_seconds
        newest, replaced = newest_of(rows, snapshots)
        if replaced:
            self._pending.mark_published(replaced)
        self._send(newest)
        # Somebody waits for each hop; of many rows each read would pass over those that are not marked.
        if not is_bulk:
            self._mark()

    def _send(self, rows: Sequence[PendingRow]) -> None:
        known = {topic for topic in {row.topic for row in rows} if self._is_known(topic)}
        with sending_in_bulk(self.producer) if len(rows) > 1 else nullcontext():
            for row in rows:
                if row.topic in known:
                    self.sending.send(row)
        if len(self.sending) >= BULK_ROWS:
            self.sending.is_awaited = True

    def _is_known(self, topic: str) -> bool:
        """Whether the topic can be sent to; if not, its rows are left alone for a moment."""
        if knows_topic(self.producer, topic, timeout_seconds=self.settings.hold_topic_seconds):
            return True
        seconds = self.settings.hold_topic_seconds
        if is_forbidden(self.producer, topic):
            seconds = self.settings.hold_lane_seconds
            log.error("topic held back", cause=str(no_right_to_write(topic)), wait_seconds=seconds)
        else:
            log.warning("topic unknown to the broker", topic=topic)
        self.held_until[topic, None] = time.monotonic() + seconds
        return False

    def _balance(self) -> None:
        """Share the shards with other relays, and notice a new cluster, with nothing in flight."""
        fair_share = self._locks.fair_share()
        if surplus := self._locks.surplus(fair_share):
            self._drain()
            self._locks.release(surplus)
        raise_if_refused(self.producer)
        taken = self._locks.take_free(fair_share)
        event_metrics.RELAY_SHARDS.set(len(self._locks.held))
        current = cluster_id(self.producer) or self.cluster
        if current != self.cluster:
            raise SendFailed("the Kafka cluster was replaced by another one")
        if taken:
            publish_again_on_new_cluster(self.connection, taken, current, self.settings.compacted)
            self._has_news = True

    def _drain(self) -> None:
        """Wait until nothing is in flight."""
        self.sending.is_awaited = True
        while self.sending:
            self.sending.check()
            self._mark()
            if self.sending:
                self._wait()

    def _wait(self) -> None:
        """Sleep until a notification, a failure, an awaited answer, the stop, or the next thing to do."""
        if self._take_notifications() and not self.stop.is_set():
            return
        descriptors = [self.connection.fileno(), self.sending.wake_fd]
        heard, _, _ = select.select(descriptors, [], [], self._seconds_to_wait())
        if self.connection.fileno() not in heard:
            self._mark()
        if self.held_until:
            now = time.monotonic()
            expired = [lane for lane, until in self.held_until.items() if until <= now]
            for lane in expired:
                del self.held_until[lane]
                self._has_news = True

    def _seconds_to_wait(self) -> float:
        """With nothing in flight until there is something to do by the clock, else half a second at most."""
        now = time.monotonic()
        until = now + 0.5
        if not (self.sending or self._has_news):
            until = min(self._balance_at, self._safety_poll_at, *self.held_until.values())
        if not self._has_news:
            until = min(until, self._due_at)
        return max(0.0, until - now)

    def _take_notifications(self) -> bool:
        heard = {notification.payload for notification in self.connection.notifies(timeout=0)}
        if MAY_WAIT in heard:
            self._due_at = min(self._due_at, time.monotonic() + self.settings.gather_seconds)
        self._has_news = self._has_news or bool(heard - {MAY_WAIT})
        return bool(heard)

    def _has_room(self) -> bool:
        """Whether a whole read fits: each passes over all rows in flight, so few large ones are cheap."""
        return len(self.sending) + self.settings.rows_per_read <= self.settings.rows_in_flight_most
