"""Partners in PostgreSQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from chassis.database.erasure import erase_subject, lock_lanes
from chassis.database.recorded_sessions import note_ended
from chassis.database.repository import Repository
from chassis.database.round_trips import write_later
from integrations.adapters.tables import consents, partners
from integrations.domain.partners import Partner

_SAVE = """
INSERT INTO partners (id, tier, products, state) VALUES (%s, %s, %s, %s)
ON CONFLICT (id) DO UPDATE SET tier = EXCLUDED.tier, products = EXCLUDED.products, state = EXCLUDED.state
WHERE partners.erased_at IS NULL
"""
# A partner without events so far gets a row to be locked.
_HOLD = "INSERT INTO partners (id) VALUES (%(id)s) ON CONFLICT DO NOTHING"
_NEW_CONTACT = """
INSERT INTO partners (id, contact_since) VALUES (%(id)s, %(at)s)
ON CONFLICT (id) DO UPDATE SET contact_since = greatest(partners.contact_since, EXCLUDED.contact_since)
WHERE partners.erased_at IS NULL
"""
_ERASE = """
INSERT INTO partners (id, erased_at) VALUES (%(id)s, %(at)s)
ON CONFLICT (id) DO UPDATE SET state = NULL, contact_since = NULL,
    erased_at = coalesce(partners.erased_at, EXCLUDED.erased_at)
"""
# For those erased before subjects were remembered, the row is the only record, so it stays.
_FORGET = """
DELETE FROM partners WHERE id IN (
    SELECT id FROM partners WHERE erased_at < %(before)s
        AND EXISTS (SELECT FROM erased_subjects AS erased WHERE erased.subject = partners.id::text)
    ORDER BY erased_at LIMIT %(most)s)
RETURNING id
"""


class SqlPartners(Repository):
    """The `Partners` port; works inside the transaction of its connection."""

    def lock(self, partner_id: UUID) -> Partner | None:
        return self._read_one(select(partners).where(partners.c.id == partner_id).with_for_update(), _partner)

    def hold(self, partner_id: UUID) -> Partner:
        self._connection.exec_driver_sql(_HOLD, {"id": partner_id})
        query = select(partners).where(partners.c.id == partner_id).with_for_update()
        return _partner(**self._connection.execute(query).mappings().one())

    def get(self, partner_id: UUID) -> Partner | None:
        return self._read_one(select(partners).where(partners.c.id == partner_id), _partner)

    def known(self, partner_ids: Sequence[UUID]) -> set[UUID]:
        query = select(partners.c.id).where(partners.c.id.in_(partner_ids), partners.c.erased_at.is_(None))
        return set(self._connection.execute(query).scalars())

    def save(self, partner: Partner) -> None:
        values = (partner.id, partner.tier, sorted(partner.products), partner.state)
        write_later(self._connection, _SAVE, values)

    def note_new_contact(self, partner_id: UUID, at: datetime) -> None:
        self._connection.exec_driver_sql(_NEW_CONTACT, {"id": partner_id, "at": at})

    def end_sessions(self, session_ids: Sequence[UUID]) -> None:
        note_ended(self._connection, session_ids)

    def erase(self, partner_id: UUID, at: datetime) -> None:
        lock_lanes(self._connection, str(partner_id))
        self._connection.exec_driver_sql(_ERASE, {"id": partner_id, "at": at})
        erase_subject(self._connection, str(partner_id))

    def forget_erased(self, before: datetime, most: int) -> int:
        ids = self._connection.exec_driver_sql(_FORGET, {"before": before, "most": most}).scalars().all()
        if ids:
            self._connection.execute(delete(consents).where(consents.c.partner_id.in_(ids)))
        return len(ids)


def _partner(**row: Any) -> Partner:
    known = {name: row[name] for name in ("id", "tier", "state")}
    return Partner(**known, products=frozenset(row["products"]), is_erased=row["erased_at"] is not None)
