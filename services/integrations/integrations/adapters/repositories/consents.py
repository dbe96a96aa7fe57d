"""Consents of partners, in PostgreSQL; never changed, only withdrawn."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select, update

from chassis.database.repository import Repository
from chassis.database.round_trips import notify_after_commit
from integrations.adapters.purpose_columns import NAMES, purpose_columns, purpose_of
from integrations.adapters.repositories.events import FORGOTTEN_CHANNEL
from integrations.adapters.tables import consents
from integrations.domain.consents import Consent
from integrations.domain.integrator_log import Actor

# A partner may agree and withdraw all day long; older ones are not shown.
MOST_OF_PARTNER = 500
# The live view asks every few seconds, with a consent of each partner, perhaps: each looks at an index's end.
_CHANGED_AT = """
SELECT greatest(
    (SELECT given_at FROM consents WHERE integrator_id = %(integrator_id)s ORDER BY id DESC LIMIT 1),
    (SELECT max(withdrawn_at) FROM consents
     WHERE integrator_id = %(integrator_id)s AND withdrawn_at IS NOT NULL))
"""


class SqlConsents(Repository):
    """The `Consents` port; works inside the transaction of its connection."""

    def add(self, consent: Consent) -> None:
        row = vars(consent) | purpose_columns(consent.purpose)
        del row["purpose"]
        self._connection.execute(insert(consents).values(row))

    def of_partner(self, partner_id: UUID) -> Sequence[Consent]:
        in_force_first = (consents.c.withdrawn_at.is_(None).desc(), consents.c.id.desc())
        query = select(consents).where(consents.c.partner_id == partner_id).order_by(*in_force_first)
        found = self._read_all(query.limit(MOST_OF_PARTNER), _consent)
        return sorted(found, key=lambda one: one.id, reverse=True)

    def of_integrator(self, integrator_id: UUID, before: UUID | None, limit: int) -> Sequence[Consent]:
        query = select(consents).where(consents.c.integrator_id == integrator_id)
        if before is not None:
            query = query.where(consents.c.id < before)
        return self._read_all(query.order_by(consents.c.id.desc()).limit(limit), _consent)

    def changed_at(self, integrator_id: UUID) -> datetime | None:
        found = self._connection.exec_driver_sql(_CHANGED_AT, {"integrator_id": integrator_id})
        newest: datetime | None = found.scalar()
        return newest

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


def _consent(**row: Any) -> Consent:
    plain = {name: value for name, value in row.items() if name not in NAMES}
    return Consent(**plain, purpose=purpose_of(row))
