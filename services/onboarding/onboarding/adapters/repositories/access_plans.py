"""Each partner's plan and grants, in PostgreSQL."""

import json
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, select

from chassis.database.repository import Repository
from chassis.database.round_trips import write_later
from onboarding.adapters.tables import products
from onboarding.domain.access import AccessPlan, Cause, Grant
from onboarding.handlers.ports import AccessPlans

_SAVE = """
INSERT INTO products AS known (grant_id, partner_id, product, is_required, state, cause, identifiers,
    is_collectable, lease_ends_at, last_sequence)
SELECT * FROM jsonb_to_recordset(%s) AS one (
    grant_id uuid, partner_id uuid, product text, is_required boolean, state text, cause jsonb,
    identifiers jsonb, is_collectable boolean, lease_ends_at timestamptz, last_sequence bigint)
ON CONFLICT (grant_id) DO UPDATE SET product = EXCLUDED.product, is_required = EXCLUDED.is_required,
    state = EXCLUDED.state, cause = EXCLUDED.cause, identifiers = EXCLUDED.identifiers,
    is_collectable = EXCLUDED.is_collectable, lease_ends_at = EXCLUDED.lease_ends_at,
    last_sequence = EXCLUDED.last_sequence
WHERE known.partner_id = EXCLUDED.partner_id
"""


# Equal in a row and in the domain.
_SAME = ("product", "is_required", "is_collectable", "last_sequence")


class SqlAccessPlans(Repository, AccessPlans):
    """The plans as one transaction sees them."""

    def __init__(self, connection: Connection) -> None:
        super().__init__(connection)
        self._read: dict[UUID, AccessPlan] = {}

    def of(self, partner_id: UUID) -> AccessPlan:
        if partner_id not in self._read:
            query = select(products).where(products.c.partner_id == partner_id).order_by(products.c.grant_id)
            found = self._read_all(query, _grant)
            self._read[partner_id] = AccessPlan({grant.id: grant for grant in found})
        return _copy(self._read[partner_id])

    def save(self, partner_id: UUID, plan: AccessPlan) -> None:
        before = self._read.get(partner_id, AccessPlan())
        changed = [grant for grant in plan.grants.values() if before.grants.get(grant.id) != grant]
        if changed:
            rows = json.dumps([_row_of(partner_id, grant) for grant in changed], ensure_ascii=False)
            write_later(self._connection, _SAVE, (rows,))
        self._read[partner_id] = _copy(plan)


def _copy(plan: AccessPlan) -> AccessPlan:
    """Grants are mutable, the values in them are not."""
    return AccessPlan({grant.id: replace(grant) for grant in plan.grants.values()})


def _grant(*, grant_id: UUID, partner_id: UUID, cause: dict[str, Any] | None, **row: Any) -> Grant:
    if cause:
        retry_at = cause["retry_at"] and datetime.fromisoformat(cause["retry_at"])
        row["cause"] = Cause(**{**cause, "retry_at": retry_at})
    return Grant(id=grant_id, **row)


def _row_of(partner_id: UUID, grant: Grant) -> dict[str, Any]:
    cause = grant.cause
    return {
        "grant_id": str(grant.id),
        "partner_id": str(partner_id),
        **{name: getattr(grant, name) for name in _SAME},
        "state": grant.state,
        "cause": cause and {**vars(cause), "retry_at": cause.retry_at and cause.retry_at.isoformat()},
        "identifiers": dict(grant.identifiers),
        "lease_ends_at": grant.lease_ends_at.isoformat() if grant.lease_ends_at else None,
    }
