"""The health of endpoints, from their newest deliveries: cheap, whatever the backlog."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from chassis.database.repository import Repository
from integrations.adapters.waiting import SILENT
from integrations.domain.endpoints import Health, SilentEndpoint, State

LOOKED_AT = 100
MOST_WAITING = 1_000

_HEALTH = """
SELECT given.id AS endpoint_id, newest.delivered, newest.failed, waiting.count AS waiting, newest.last_at
FROM unnest(%(ids)s::uuid[]) AS given (id)
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state = 'delivered') AS delivered,
        count(*) FILTER (WHERE state = 'failed' OR (state = 'waiting' AND attempts > 0)) AS failed,
        max(delivered_at) AS last_at
    FROM (SELECT state, attempts, delivered_at FROM deliveries WHERE endpoint_id = given.id
          ORDER BY event_position DESC LIMIT %(looked_at)s) AS delivery) AS newest
CROSS JOIN LATERAL (
    SELECT count(*) FROM (
        SELECT FROM deliveries WHERE endpoint_id = given.id AND state = 'waiting'
        LIMIT %(most)s) AS delivery) AS waiting
"""
_SILENT = f"""
SELECT endpoint.id, endpoint.integrator_id, integrator.name AS integrator_name, endpoint.url, endpoint.state,
    endpoint.state_reason, coalesce(endpoint.failing_since, endpoint.created_at) AS since
{SILENT} ORDER BY since, endpoint.id LIMIT %(limit)s
"""


class SqlEndpointHealth(Repository):
    """The `EndpointHealth` port; works inside the transaction of its connection."""

    def of(self, endpoint_ids: Sequence[UUID]) -> Mapping[UUID, Health]:
        values = {"ids": list(endpoint_ids), "looked_at": LOOKED_AT, "most": MOST_WAITING}
        rows = self._connection.exec_driver_sql(_HEALTH, values).mappings()
        return {
            row["endpoint_id"]: Health(
                **{name: row[name] for name in ("delivered", "failed", "waiting", "last_at")}
            )
            for row in rows
        }

    def silent(self, limit: int) -> Sequence[SilentEndpoint]:
        rows = self._connection.exec_driver_sql(_SILENT, {"limit": limit}).mappings()
        return [SilentEndpoint(**{**row, "state": State(row["state"])}) for row in rows]
