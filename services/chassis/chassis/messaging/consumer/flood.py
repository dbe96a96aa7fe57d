"""The limit on dead letters: when nearly everything fails, the fault is ours, and the consumer stops.

The counts are in the database, so a restart does not reset them; an operator clears them (`clear_flood`),
or sets them below zero, by as many dead letters as are still to come from a cause that is known.
One subject alone does not stop the others: no more of its dead letters count than a share of what stops.
"""

from collections import Counter
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field

from sqlalchemy import Connection

from chassis.database.round_trips import write_later
from chassis.settings.backbone import FloodLimits

Partition = tuple[str, int]

_SAVE = """
INSERT INTO flood_gauges (consumer_group, topic, partition, run_length, window_events, window_dead,
                          stopped_at, stopped_because)
VALUES (%s, %s, %s, %s, %s, %s, CASE WHEN %s::text IS NOT NULL THEN now() END, %s)
ON CONFLICT (consumer_group, topic, partition) DO UPDATE SET
    run_length = EXCLUDED.run_length, window_events = EXCLUDED.window_events,
    window_dead = EXCLUDED.window_dead, stopped_at = EXCLUDED.stopped_at,
    stopped_because = EXCLUDED.stopped_because
"""
_CLEAR = """
UPDATE flood_gauges SET run_length = %(below)s, window_events = 0, window_dead = %(below)s,
    stopped_at = NULL, stopped_because = NULL
WHERE consumer_group = %(group)s
"""
_LOAD = """
SELECT topic, partition, run_length, window_events, window_dead, stopped_because
FROM flood_gauges WHERE consumer_group = %s
"""


class FloodOfDeadLetters(Exception):
    """Too many dead letters: the consumer stops until an operator has looked and cleared the gauge."""


@dataclass(slots=True)
class Gauge:
    """The dead letters of one partition: in a row, and in the present window, there by subject as well.

    Those by subject are not kept over a restart, after which a subject may use up its share once more.
    """

    run_length: int = 0
    window_events: int = 0
    window_dead: int = 0
    stopped_because: str | None = None
    is_dirty: bool = False
    by_subject: Counter[str] = field(default_factory=Counter)


@dataclass
class FloodGauges:
    """The gauges of one group's partitions; a poll works on a copy that is kept when it commits."""

    group: str
    limits: FloodLimits = field(default_factory=FloodLimits)
    _gauges: dict[Partition, Gauge] = field(default_factory=dict)

    def load(self, connection: Connection) -> None:
        """Reload the counts: at the start, and when partitions moved here from another consumer."""
        rows = connection.exec_driver_sql(_LOAD, (self.group,))
        self._gauges = {(row.topic, row.partition): Gauge(*row[2:]) for row in rows}

    def copy(self) -> "FloodGauges":
        return FloodGauges(self.group, self.limits, deepcopy(self._gauges))

    def check(self, partitions: Iterable[Partition]) -> None:
        """Raise FloodOfDeadLetters when one of the partitions is stopped."""
        for partition in partitions:
            gauge = self._gauges.get(partition)
            if gauge is not None and gauge.stopped_because is not None:
                raise FloodOfDeadLetters(
                    f"Stopped at topic {partition[0]}, partition {partition[1]}: {gauge.stopped_because}. "
                    "Look at them (`dead-letters list`), repair the cause, then say `clear-flood`."
                )

    def note_good(self, partition: Partition) -> None:
        gauge = self._gauges.get(partition)
        if gauge is None:
            return
        gauge.is_dirty = gauge.is_dirty or gauge.run_length > 0
        gauge.run_length = min(gauge.run_length, 0)
        self._count(gauge)

    def note_dead(self, partition: Partition, subject: str = "") -> bool:
        """Count a dead letter; return True when the limit is reached: nothing more may be handled.

        Where no ``subject`` is told, it counts whatever came before.
        """
        gauge = self._gauges.setdefault(partition, Gauge())
        if subject and gauge.by_subject[subject] >= self.limits.of_one_subject:
            return False
        gauge.is_dirty = True
        gauge.run_length += 1
        self._count(gauge)
        gauge.window_dead += 1
        gauge.by_subject[subject] += 1
        limits = self.limits
        if gauge.run_length >= limits.run_most:
            gauge.stopped_because = f"{gauge.run_length} dead letters in a row"
        elif gauge.window_events >= limits.window_least:
            share = gauge.window_dead / gauge.window_events
            if share > limits.share_most:
                gauge.stopped_because = (
                    f"{share:.0%} of the last {gauge.window_events} events were dead letters"
                )
        return gauge.stopped_because is not None

    def save(self, connection: Connection) -> None:
        """Write changed gauges. Good events are written with the next dead letter, not one by one."""
        for (topic, partition), gauge in sorted(self._gauges.items()):
            if gauge.is_dirty:
                because = gauge.stopped_because
                counts = (gauge.run_length, gauge.window_events, gauge.window_dead)
                write_later(connection, _SAVE, (self.group, topic, partition, *counts, because, because))
                gauge.is_dirty = False

    def _count(self, gauge: Gauge) -> None:
        if gauge.window_events >= self.limits.window_events:
            gauge.window_events, gauge.window_dead = 0, min(gauge.window_dead, 0)
            gauge.by_subject.clear()
        gauge.window_events += 1


def flooded_partitions(connection: Connection, group: str) -> dict[Partition, str]:
    """Where the group stopped because of too many dead letters, and why."""
    rows = connection.exec_driver_sql(
        "SELECT topic, partition, stopped_because FROM flood_gauges"
        " WHERE consumer_group = %s AND stopped_at IS NOT NULL ORDER BY topic, partition",
        (group,),
    )
    return {(row.topic, row.partition): row.stopped_because for row in rows}


def clear_flood(connection: Connection, group: str, let_through: int = 0) -> int:
    """Forget the counts of a group, so that it may go on; return how many partitions were stopped.

    So many more dead letters do not count, on each partition that had any.
    """
    stopped = len(flooded_partitions(connection, group))
    connection.exec_driver_sql(_CLEAR, {"group": group, "below": -let_through})
    return stopped
