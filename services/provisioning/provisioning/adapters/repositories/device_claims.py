"""Claims for devices in PostgreSQL, and what came by them."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, insert, select
from sqlalchemy.dialects import postgresql

from chassis.database.repository import Repository
from provisioning.adapters.tables import device_claims, device_redemptions
from provisioning.domain.device_claims import DeviceClaim, Redemption

_USED = (
    select(func.count())
    .where(device_redemptions.c.claim_id == device_claims.c.claim_id)
    .scalar_subquery()
    .label("used")
)
_CLAIMS = select(device_claims, _USED)
# Many more than may be open.
MOST_SHOWN = 200


class SqlDeviceClaims(Repository):
    """Implements the port `DeviceClaims`."""

    def get(self, claim_id: UUID) -> DeviceClaim | None:
        return next(self._found(_CLAIMS.where(device_claims.c.claim_id == claim_id)), None)

    def of_grant(self, grant_id: UUID, now: datetime) -> Sequence[DeviceClaim]:
        is_over = device_claims.c.revoked_at.is_not(None) | (device_claims.c.expires_at <= now)
        order = is_over, device_claims.c.created_at.desc(), device_claims.c.claim_id
        query = _CLAIMS.where(device_claims.c.grant_id == grant_id)
        return list(self._found(query.order_by(*order).limit(MOST_SHOWN)))

    def save(self, claim: DeviceClaim) -> None:
        row = asdict(claim)
        del row["used"]
        changed = {name: row[name] for name in ("secret_hash", "revoked_at")}
        added = postgresql.insert(device_claims).values(row)
        self._connection.execute(
            added.on_conflict_do_update(index_elements=[device_claims.c.claim_id], set_=changed)
        )

    def redemption(self, claim_id: UUID, serial: str) -> Redemption | None:
        is_it = (device_redemptions.c.claim_id == claim_id) & (device_redemptions.c.serial == serial)
        row = self._connection.execute(select(device_redemptions).where(is_it)).one_or_none()
        return None if row is None else Redemption(**row._mapping)

    def add_redemption(self, redemption: Redemption) -> None:
        self._connection.execute(insert(device_redemptions).values(asdict(redemption)))

    def _found(self, query: Select[Any]) -> Iterator[DeviceClaim]:
        return (DeviceClaim(**row._mapping) for row in self._connection.execute(query))
