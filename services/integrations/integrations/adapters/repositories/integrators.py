"""Vendors and teams in PostgreSQL."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert

from chassis.database.repository import Repository
from chassis.database.round_trips import notify_after_commit
from integrations.adapters.purpose_columns import purpose_columns, purpose_of
from integrations.adapters.repositories.events import FORGOTTEN_CHANNEL
from integrations.adapters.scope_rows import scope_columns, scope_of
from integrations.adapters.tables import integrators
from integrations.domain.integrators import Integrator, PartnerRule


class SqlIntegrators(Repository):
    """The `Integrators` port; works inside the transaction of its connection."""

    def add(self, integrator: Integrator) -> bool:
        statement = insert(integrators).values(_row(integrator)).on_conflict_do_nothing()
        return self._connection.execute(statement.returning(integrators.c.id)).one_or_none() is not None

    def get(self, integrator_id: UUID) -> Integrator | None:
        return self._read_one(select(integrators).where(integrators.c.id == integrator_id), _integrator)

    def lock(self, integrator_id: UUID) -> Integrator | None:
        query = select(integrators).where(integrators.c.id == integrator_id)
        return self._read_one(query.with_for_update(key_share=True), _integrator)

    def save(self, integrator: Integrator) -> None:
        statement = update(integrators).where(integrators.c.id == integrator.id)
        self._connection.execute(statement.values(_row(integrator)))
        # What senders took is as it was to be seen before: they give it back, and look at it again.
        notify_after_commit(self._connection, FORGOTTEN_CHANNEL)

    def remove(self, integrator: Integrator) -> None:
        self._connection.execute(delete(integrators).where(integrators.c.id == integrator.id))

    def after(self, name: str, limit: int) -> Sequence[Integrator]:
        query = select(integrators).where(integrators.c.name > name).order_by(integrators.c.name).limit(limit)
        return self._read_all(query, _integrator)

    def asking(self) -> Sequence[Integrator]:
        asks = integrators.c.partner_rule == PartnerRule.CONSENTED
        return self._read_all(select(integrators).where(asks).order_by(integrators.c.name), _integrator)


_SAME = ("id", "name", "sees_personal", "uses_kafka", "verifies_endpoints", "created_at")


def _row(integrator: Integrator) -> dict[str, Any]:
    scope = scope_columns(integrator.event_types, integrator.partners)
    purpose = {} if integrator.purpose is None else purpose_columns(integrator.purpose)
    return {**{name: getattr(integrator, name) for name in _SAME}, **scope, **purpose}


def _integrator(**row: Any) -> Integrator:
    purpose = purpose_of(row) if row["purpose_version"] else None
    return Integrator(**{name: row[name] for name in _SAME}, **scope_of(row), purpose=purpose)
