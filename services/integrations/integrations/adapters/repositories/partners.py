"""Partners in PostgreSQL."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from chassis.database.erasure import erase_subject
from chassis.database.repository import Repository
from chassis.database.round_trips import write_later
from integrations.adapters.tables import partners
from integrations.domain.partners import Partner

_SAVE = """
INSERT INTO partners (id, tier, products) VALUES (%s, %s, %s)
ON CONFLICT (id) DO UPDATE SET tier = EXCLUDED.tier, products = EXCLUDED.products
WHERE partners.erased_at IS NULL
"""
_ERASE = """
INSERT INTO partners (id, erased_at) VALUES (%(id)s, %(at)s)
ON CONFLICT (id) DO UPDATE SET erased_at = coalesce(partners.erased_at, EXCLUDED.erased_at)
"""
_FORGET = """
UPDATE partners SET tier = NULL, products = '{}'
WHERE erased_at < %(before)s AND erased_at > %(before)s - interval '2 days'
    AND (tier IS NOT NULL OR products <> '{}')
"""


class SqlPartners(Repository):
    """The `Partners` port; works inside the transaction of its connection."""

    def lock(self, partner_id: UUID) -> Partner | None:
        query = select(partners).where(partners.c.id == partner_id).with_for_update()
        row = self._connection.execute(query).one_or_none()
        return None if row is None else Partner(id=row.id, tier=row.tier, products=frozenset(row.products))

    def save(self, partner: Partner) -> None:
        write_later(self._connection, _SAVE, (partner.id, partner.tier, sorted(partner.products)))

    def erase(self, partner_id: UUID, at: datetime) -> None:
        self._connection.exec_driver_sql(_ERASE, {"id": partner_id, "at": at})
        erase_subject(self._connection, str(partner_id))

    def forget_erased(self, before: datetime) -> None:
        self._connection.exec_driver_sql(_FORGET, {"before": before})
