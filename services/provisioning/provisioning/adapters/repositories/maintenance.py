"""Maintenance in PostgreSQL: one row as long as it lasts."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from chassis.database.repository import Repository
from provisioning.adapters.tables import maintenance


@dataclass(frozen=True)
class MaintenanceUnderWay:
    """Since when nothing new is begun, who said so, and why."""

    began_at: datetime
    begun_by: str
    reason: str


class SqlMaintenance(Repository):
    """Implements the port `Maintenance`."""

    def is_on(self) -> bool:
        return self.under_way() is not None

    def under_way(self) -> MaintenanceUnderWay | None:
        return self._read_one(select(maintenance), MaintenanceUnderWay)

    def begin(self, by: str, reason: str, now: datetime) -> bool:
        """Return False when it is on already."""
        row = insert(maintenance).values(began_at=now, begun_by=by, reason=reason)
        begun = self._connection.execute(row.on_conflict_do_nothing().returning(maintenance.c.began_at))
        return begun.first() is not None

    def end(self) -> bool:
        """Return False when it is not on."""
        return self._connection.execute(delete(maintenance)).rowcount > 0
