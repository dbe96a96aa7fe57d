"""Use of quotas within the hour, in PostgreSQL."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from chassis.database.repository import Repository
from integrations.domain.quotas import WINDOW, Act

_ADD = """
INSERT INTO quota_uses AS known (integrator_id, act, since, used)
VALUES (%(integrator_id)s, %(act)s, %(now)s, 1)
ON CONFLICT (integrator_id, act) DO UPDATE SET
    since = CASE WHEN known.since > %(ended)s THEN known.since ELSE EXCLUDED.since END,
    used = CASE WHEN known.since > %(ended)s THEN known.used + 1 ELSE 1 END
RETURNING since, used
"""
_OF = "SELECT act, since, used FROM quota_uses WHERE integrator_id = %(integrator_id)s AND since > %(ended)s"


class SqlQuotaUses(Repository):
    """The `QuotaUses` port; works inside the transaction of its connection."""

    def of(self, integrator_id: UUID, now: datetime) -> Mapping[Act, tuple[datetime, int]]:
        values = {"integrator_id": integrator_id, "ended": now - WINDOW}
        rows = self._connection.exec_driver_sql(_OF, values)
        return {Act(row.act): (row.since, row.used) for row in rows}

    def add(self, integrator_id: UUID, act: Act, now: datetime) -> tuple[datetime, int]:
        values = {"integrator_id": integrator_id, "act": str(act), "now": now, "ended": now - WINDOW}
        since, used = self._connection.exec_driver_sql(_ADD, values).one()
        return since, used
