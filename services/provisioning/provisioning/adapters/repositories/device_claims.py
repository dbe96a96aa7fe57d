"""Claims for devices in PostgreSQL, and the devices they created."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, insert, select
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
# Many more than may be open at once.
MOST_SHOWN = 200


class SqlDeviceClaims(Repository):
    """Implements the port `DeviceClaims`."""

    def get(self, claim_id: UUID) -> DeviceClaim | None:
        return self._read_one(_CLAIMS.where(device_claims.c.claim_id == claim_id), DeviceClaim)

    def of_grant(self, grant_id: UUID, now: datetime) -> Sequence[DeviceClaim]:
        is_over = device_claims.c.revoked_at.is_not(None) | (device_claims.c.expires_at <= now)
        order = is_over, device_claims.c.created_at.desc(), device_claims.c.claim_id
        query = _CLAIMS.where(device_claims.c.grant_id == grant_id)
        return self._read_all(query.order_by(*order).limit(MOST_SHOWN), DeviceClaim)

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
        return self._read_one(select(device_redemptions).where(is_it), Redemption)

    def add_redemption(self, redemption: Redemption) -> None:
        self._connection.execute(insert(device_redemptions).values(asdict(redemption)))
