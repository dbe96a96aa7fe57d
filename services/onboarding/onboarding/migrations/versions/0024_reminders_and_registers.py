"""Who is waited for is reminded once; numbers of more registers, and names in disguise, are compared."""

from typing import Any
from uuid import UUID

import structlog
from alembic import op
from sqlalchemy import Connection
from uuid_utils.compat import uuid7

from chassis.database.migrations import create_index_concurrently
from onboarding.adapters.compared_columns import compared_columns
from onboarding.domain.likeness import company_shape

revision = "0024"
down_revision = "0023"

INDEXES = {
    "partners_to_remind": "partners (state, deadline_at, id)"
    " WHERE reminded_at IS NULL AND state IN ('action_required', 'applied', 'approved')",
    "members_to_remind": "members (asked_at, id) WHERE confirmed_at IS NULL AND times_asked = 1",
}
AT_ONCE = 1_000
# A frozen copy of the domain's set of states.
HOLDS = "state IN ('active', 'agreement_accepted', 'approved', 'offboarding', 'provisioning', 'suspended')"
PAGE = """
SELECT partners.id, legal_name, country, registration_number, registration_key, registration_without_court,
    search_text, name_shape, email, trim(given_name || ' ' || family_name) AS name
FROM partners JOIN members ON members.partner_id = partners.id AND is_contact WHERE {which}
"""
PAGE_AFTER = PAGE.format(which="partners.id > %s ORDER BY partners.id LIMIT %s")
ONE = PAGE.format(which="partners.id = %s FOR NO KEY UPDATE OF partners")
COMPUTED = ("registration_key", "registration_without_court", "search_text", "name_shape")
HOLDER = f"""
SELECT other.id FROM partners JOIN partners AS other USING (country)
WHERE partners.id = %s AND other.id <> partners.id AND other.registration_key = %s
    AND NOT partners.shares_registration AND NOT other.shares_registration
    AND partners.{HOLDS} AND other.{HOLDS}
"""  # noqa: S608 - our own names
WRITE = """
UPDATE partners SET registration_key = %s, registration_without_court = %s, search_text = %s, name_shape = %s,
    shares_registration = shares_registration OR %s
WHERE id = %s
"""
NOTE = """
INSERT INTO operator_actions (id, actor, role, action, target, reason, outcome)
VALUES (%s, 'upgrade', 'database', 'registration.shared', %s, %s, 'done')
"""
log = structlog.get_logger(__name__)


def upgrade() -> None:
    """Beside running services, a transaction for each that reads otherwise now. Harmless when repeated."""
    op.execute("ALTER TABLE partners ADD COLUMN IF NOT EXISTS reminded_at timestamptz")
    for name, on in INDEXES.items():
        create_index_concurrently(op, name, on)
    with op.get_context().autocommit_block():
        _compute_all(op.get_bind())


def _compute_all(connection: Connection) -> None:
    after: UUID | None = UUID(int=0)
    while after is not None:
        rows: list[Any] = list(connection.exec_driver_sql(PAGE_AFTER, (after, AT_ONCE)))
        for row in rows:
            if _computed(row) != tuple(getattr(row, name) for name in COMPUTED):
                _write(connection, row.id)
        after = rows[-1].id if rows else None


def _write(connection: Connection, partner_id: UUID) -> None:
    connection.exec_driver_sql("BEGIN")
    for row in connection.exec_driver_sql(ONE, (partner_id,)):
        computed = _computed(row)
        holder = connection.exec_driver_sql(HOLDER, (partner_id, computed[0])).scalar()
        connection.exec_driver_sql(WRITE, (*computed, holder is not None, partner_id))
        if holder is not None:
            reason = f"Holds the same registration number as {holder}, which was written in another way."
            connection.exec_driver_sql(NOTE, (uuid7(), str(partner_id), reason))
            log.warning("registration_shared", partner_id=str(partner_id), holder_id=str(holder))
    connection.exec_driver_sql("COMMIT")


def _computed(row: Any) -> tuple[str | None, ...]:
    columns = compared_columns(
        row.id,
        legal_name=row.legal_name,
        country=row.country,
        registration_number=row.registration_number,
        contact_name=row.name,
        contact_email=row.email,
    )
    # Nobody is compared by the name before the contact has confirmed the address.
    shape = None if row.name_shape is None else company_shape(row.legal_name)
    return *(columns[name] for name in COMPUTED[:3]), shape
