"""What waits for an operator, counted in one round trip: for those who look, and for alerts."""

from collections.abc import Mapping
from typing import Any

from prometheus_client import REGISTRY
from sqlalchemy import Connection

from chassis.database import failed_jobs, proposals
from chassis.messaging.outbox import SHARDS
from chassis.service import Service
from chassis.telemetry.counted import Counted

# Who has more to do than this reads "more than".
MOST_COUNTED = 1_000

# A relay that works has sent it by then. One short scan of outbox_unpublished per shard.
_UNSENT = """
SELECT occurred_at FROM generate_series(0, {last_shard}) AS wanted (shard) CROSS JOIN LATERAL (
    SELECT occurred_at FROM outbox
    WHERE published_at IS NULL AND shard BETWEEN wanted.shard AND wanted.shard
      AND occurred_at < now() - interval '1 minute'
    ORDER BY shard, position LIMIT {most} + 1
) AS unsent ORDER BY occurred_at
"""
# The times of all that waits, the oldest first, as `chassis.service.Service.waiting` has them.
IN_EVERY_SERVICE = {
    "unsent_events": _UNSENT.format(last_shard=SHARDS - 1, most=MOST_COUNTED),
    "stopped_partitions": """
        SELECT stopped_at FROM flood_gauges WHERE stopped_at IS NOT NULL ORDER BY stopped_at""",
    "dead_letters": "SELECT dead_at FROM dead_letters WHERE status = 'waiting' ORDER BY id",
    "parked_lanes": "SELECT parked_at FROM lanes WHERE is_parked ORDER BY parked_at",
    "holes": "SELECT found_at FROM lane_holes ORDER BY found_at",
    "proposals": proposals.TIMES_OF_WAITING,
    "failed_jobs": failed_jobs.TIMES_OF_WAITING,
}
_COUNT = """
SELECT '{kind}' AS kind, least(count(*), {most}) AS count, count(*) > {most} AS has_more,
    min(at) AS oldest_at, coalesce(extract(epoch FROM now() - min(at)), 0)::float8 AS oldest_seconds
FROM (SELECT at FROM ({times} LIMIT {most} + 1) AS oldest (at)) AS counted
"""

COUNT: Counted[tuple[str]] = Counted(
    "gangway_waiting", "What waits for an operator, up to 1,000 of each kind", ("kind",)
)
OLDEST: Counted[tuple[str]] = Counted(
    "gangway_waiting_oldest_seconds", "For how long the oldest of a kind waits; 0 where none does", ("kind",)
)
for counted in (COUNT, OLDEST):
    REGISTRY.register(counted)


def count_waiting(connection: Connection, service: Service) -> list[Mapping[str, Any]]:
    """One line for each kind, in one round trip."""
    kinds = {**service.waiting, **IN_EVERY_SERVICE}
    parts = [_COUNT.format(kind=kind, times=times, most=MOST_COUNTED) for kind, times in kinds.items()]
    return [dict(row) for row in connection.exec_driver_sql(" UNION ALL ".join(parts)).mappings()]


def show_waiting(service: Service) -> None:
    """Count, and show the numbers to whoever reads this process's metrics."""
    with service.database.begin() as work:
        lines = count_waiting(work.connection, service)
    COUNT.show({(line["kind"],): line["count"] for line in lines})
    OLDEST.show({(line["kind"],): line["oldest_seconds"] for line in lines})
