"""The log of integrators, in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, insert, select

from chassis.database.repository import Repository
from integrations.adapters.tables import integrator_log
from integrations.domain.integrator_log import LogEntry


class SqlIntegratorLog(Repository):
    """The `IntegratorLog` port; works inside the transaction of its connection."""

    def add(self, entry: LogEntry) -> None:
        self._connection.execute(insert(integrator_log).values(vars(entry)))

    def newest(self, integrator_id: UUID, before: UUID | None, limit: int) -> Sequence[LogEntry]:
        query = select(integrator_log).where(integrator_log.c.integrator_id == integrator_id)
        if before is not None:
            query = query.where(integrator_log.c.id < before)
        return self._read_all(query.order_by(integrator_log.c.id.desc()).limit(limit), LogEntry)

    def forget(self, before: datetime, most: int) -> int:
        oldest = select(integrator_log.c.id).where(integrator_log.c.at < before).order_by(integrator_log.c.at)
        statement = delete(integrator_log).where(integrator_log.c.id.in_(oldest.limit(most)))
        return self._connection.execute(statement).rowcount
