"""Claims for devices in PostgreSQL, and what came by them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, delete, func, insert, select
from sqlalchemy.dialects import postgresql

from chassis.database.repository import Repository
from provisioning.adapters.tables import device_claims, device_redemptions
from provisioning.domain.device_claims import MOST_OPEN, DeviceClaim, Redemption

_USED = (
    select(func.count())
    .where(device_redemptions.c.claim_id == device_claims.c.claim_id)
    .scalar_subquery()
    .label("used")
)


class SqlDeviceClaims(Repository):
    """Implements the port `DeviceClaims`."""

    def get(self, claim_id: UUID) -> DeviceClaim | None:
        return next(iter(self._found(device_claims.c.claim_id == claim_id)), None)

    def of_grant(self, grant_id: UUID) -> Sequence[DeviceClaim]:
        return self._found(device_claims.c.grant_id == grant_id)

    def save(self, claim: DeviceClaim) -> None:
        row = asdict(claim)
        del row["used"]
        changed = {name: row[name] for name in ("secret_hash", "revoked_at")}
        added = postgresql.insert(device_claims).values(row)
        self._connection.execute(
            added.on_conflict_do_update(index_elements=[device_claims.c.claim_id], set_=changed)
        )

    def forget_unused(self, grant_id: UUID, now: datetime) -> None:
        is_over = (device_claims.c.revoked_at.is_not(None)) | (device_claims.c.expires_at <= now)
        unused = (device_claims.c.grant_id == grant_id) & is_over & (_USED == 0)
        newest_first = device_claims.c.created_at.desc(), device_claims.c.claim_id
        old = select(device_claims.c.claim_id).where(unused).order_by(*newest_first).offset(MOST_OPEN)
        self._connection.execute(delete(device_claims).where(device_claims.c.claim_id.in_(old)))

    def redemption(self, claim_id: UUID, serial: str) -> Redemption | None:
        is_it = (device_redemptions.c.claim_id == claim_id) & (device_redemptions.c.serial == serial)
        row = self._connection.execute(select(device_redemptions).where(is_it)).one_or_none()
        return None if row is None else Redemption(**row._mapping)

    def add_redemption(self, redemption: Redemption) -> None:
        self._connection.execute(insert(device_redemptions).values(asdict(redemption)))

    def _found(self, which: ColumnElement[bool]) -> Sequence[DeviceClaim]:
        newest_first = device_claims.c.created_at.desc(), device_claims.c.claim_id
        query = select(device_claims, _USED).where(which).order_by(*newest_first)
        return [DeviceClaim(**row._mapping) for row in self._connection.execute(query)]
