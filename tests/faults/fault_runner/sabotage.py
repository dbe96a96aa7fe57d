"""Takes a protection out of a running process on purpose: a run without it must be found out.

Nothing here is reachable from a service: only `fault_runner.instrumented` calls it, on a run's order.
"""

import time
from collections.abc import Callable, Collection
from typing import Any

import psycopg
from sqlalchemy import Connection

from chassis.database.urls import driver_url
from chassis.events import OutgoingEvent
from chassis.messaging.consumer.lanes import Lane
from chassis.messaging.outbox import WAKE_CHANNEL, Outbox, encoded_json, shard_of
from chassis.messaging.relay.pending import PendingRow, PendingRows

_DRAW = """
INSERT INTO outbox_counters AS counter (topic, subject, last_sequence) VALUES (%s, %s, 1)
ON CONFLICT (topic, subject) DO UPDATE SET last_sequence = counter.last_sequence + 1
RETURNING last_sequence
"""
_WRITE = """
INSERT INTO outbox (event_id, topic, subject, sequence, shard, type, source, occurred_at, data)
VALUES (%(id)s, %(topic)s, %(subject)s, %(sequence)s, %(shard)s, %(type)s, %(source)s, %(at)s, %(data)s)
"""
_PASSED = "SELECT FROM outbox WHERE topic = %s AND subject = %s AND sequence > %s LIMIT 1"

MARK_FIRST, NO_LANE_CHECK, NO_COUNTER_LOCK = "mark_before_ack", "no_lane_check", "no_counter_lock"


def sabotage(name: str) -> None:
    """Run without the protection of that name; raises KeyError for one that is not known."""
    _SABOTAGES[name]()


def _mark_before_acknowledgement() -> None:
    """Rows count as published once they are read; what a kill then catches is lost."""
    read = PendingRows.read

    def read_and_mark(self: PendingRows, shards: Collection[int], **options: Any) -> list[PendingRow]:
        rows = read(self, shards, **options)
        self.mark_published([row.position for row in rows])
        return rows

    PendingRows.read = read_and_mark  # type: ignore[method-assign]


def _no_lane_check() -> None:
    """Every event looks new; what arrives again takes effect again."""
    Lane.is_new = lambda self, sequence: True  # type: ignore[method-assign]


def _no_counter_lock() -> None:
    """Numbers are drawn in a transaction of their own, so a partner's commits may pass each other."""

    def write(self: Outbox, connection: Connection, events: list[OutgoingEvent]) -> None:
        numbers = [_number_drawn_apart(connection, event) for event in events]
        for event, number in zip(events, numbers, strict=True):
            _let_another_pass(connection, event, number)
        for event, number in zip(events, numbers, strict=True):
            values = {
                "id": event.id,
                "topic": event.topic,
                "subject": event.subject,
                "sequence": number,
                "shard": shard_of(event.subject),
                "type": f"{self._type_prefix}.{event.name}.v{event.version}",
                "source": self._source,
                "at": event.occurred_at,
                "data": event.data and encoded_json(event.data).encode(),
            }
            connection.exec_driver_sql(_WRITE, values)
        if events:
            connection.exec_driver_sql(f"NOTIFY {WAKE_CHANNEL}")

    Outbox.write = write  # type: ignore[method-assign]


def _number_drawn_apart(connection: Connection, event: OutgoingEvent) -> int:
    with _apart(connection) as apart:
        row = apart.execute(_DRAW, (event.topic, event.subject)).fetchone()
    return int(row[0]) if row else 0


def _let_another_pass(connection: Connection, event: OutgoingEvent, number: int) -> None:
    """Every other number waits until a higher one of the same partner is committed, or for four seconds."""
    ends = time.monotonic() + 4 * (number % 2)
    with _apart(connection) as apart:
        while time.monotonic() < ends:
            if apart.execute(_PASSED, (event.topic, event.subject, number)).fetchone():
                return
            time.sleep(0.05)


def _apart(connection: Connection) -> "psycopg.Connection[Any]":
    address = connection.engine.url.render_as_string(hide_password=False)
    return psycopg.connect(driver_url(address), autocommit=True)


_SABOTAGES: dict[str, Callable[[], None]] = {
    MARK_FIRST: _mark_before_acknowledgement,
    NO_LANE_CHECK: _no_lane_check,
    NO_COUNTER_LOCK: _no_counter_lock,
}
