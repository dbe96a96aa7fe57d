"""What partners agreed to, in PostgreSQL; nothing of it is ever changed, except that it is withdrawn."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, RowMapping, func, insert, select, update

from chassis.database.repository import Repository
from chassis.database.round_trips import notify_after_commit
from integrations.adapters.purpose_columns import NAMES, purpose_columns, purpose_of
from integrations.adapters.repositories.events import FORGOTTEN_CHANNEL
from integrations.adapters.tables import consents
from integrations.domain.consents import Consent
from integrations.domain.integrator_log import Actor


class SqlConsents(Repository):
    """The `Consents` port; works inside the transaction of its connection."""

    def add(self, consent: Consent) -> None:
        row = vars(consent) | purpose_columns(consent.purpose) | {"event_types": list(consent.event_types)}
        del row["purpose"]
        self._connection.execute(insert(consents).values(row))

    def of_partner(self, partner_id: UUID) -> Sequence[Consent]:
        query = select(consents).where(consents.c.partner_id == partner_id).order_by(consents.c.id.desc())
        return [_consent(row) for row in self._connection.execute(query).mappings()]

    def of_integrator(self, integrator_id: UUID, before: UUID | None, limit: int) -> Sequence[Consent]:
        query = select(consents).where(consents.c.integrator_id == integrator_id)
        if before is not None:
            query = query.where(consents.c.id < before)
        rows = self._connection.execute(query.order_by(consents.c.id.desc()).limit(limit)).mappings()
        return [_consent(row) for row in rows]

    def changed_at(self, integrator_id: UUID) -> datetime | None:
        newest = func.max(func.greatest(consents.c.given_at, consents.c.withdrawn_at))
        query = select(newest).where(consents.c.integrator_id == integrator_id)
        found: datetime | None = self._connection.scalar(query)
        return found

    def withdraw(self, integrator_id: UUID, partner_id: UUID, at: datetime, by: Actor) -> int:
        of_both = (consents.c.integrator_id == integrator_id) & (consents.c.partner_id == partner_id)
        return self._end(of_both, at, by)

    def end_of_integrator(self, integrator_id: UUID, at: datetime, by: Actor) -> int:
        return self._end(consents.c.integrator_id == integrator_id, at, by)

    def _end(self, which: ColumnElement[bool], at: datetime, by: Actor) -> int:
        statement = update(consents).where(which, consents.c.withdrawn_at.is_(None))
        ended = self._connection.execute(statement.values(withdrawn_at=at, withdrawn_by=by)).rowcount
        if ended:
            # What senders took already and have not begun, they give back, and look at again.
            notify_after_commit(self._connection, FORGOTTEN_CHANNEL)
        return ended


def _consent(row: RowMapping) -> Consent:
    plain: dict[str, Any] = {name: value for name, value in row.items() if name not in NAMES}
    return Consent(**{**plain, "event_types": tuple(row["event_types"]), "purpose": purpose_of(row)})
