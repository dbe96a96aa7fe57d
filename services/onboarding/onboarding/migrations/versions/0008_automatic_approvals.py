"""What rules approve is counted, and companies are compared by more than their number, also with former ones.

Rows of partners who confirmed their address get the new forms, computed by today's code as the service does.
What rules approved before this revision does not count: the limits begin with it.
"""

import json
from typing import Any
from uuid import UUID

from alembic import op
from sqlalchemy import Connection, Row

from chassis.database.migrations.concurrent_index import create_index_concurrently
from onboarding.adapters.compared_columns import columns_after_confirmation

revision = "0008"
down_revision = "0007"

AT_ONCE = 1_000
CHANGES = (
    """
    CREATE TABLE IF NOT EXISTS automatic_approvals (
        partner_id uuid PRIMARY KEY REFERENCES partners (id),
        rule text NOT NULL,
        tier text NOT NULL,
        cost bigint NOT NULL,
        approved_at timestamptz NOT NULL
    )
    """,
    "CREATE INDEX IF NOT EXISTS automatic_approvals_by_time ON automatic_approvals (approved_at)",
    """
    CREATE TABLE IF NOT EXISTS exceeded_limits (
        limit_name text NOT NULL,
        rule text NOT NULL,
        began_at timestamptz NOT NULL,
        exceeded_at timestamptz NOT NULL,
        PRIMARY KEY (limit_name, rule, began_at)
    )
    """,
    """
    ALTER TABLE partners
        ADD COLUMN IF NOT EXISTS website_domain text,
        ADD COLUMN IF NOT EXISTS name_shape text,
        ADD COLUMN IF NOT EXISTS mailboxes text[]
    """,
)
# Nobody changes them until they are written; reading goes on.
ROWS = """
SELECT partners.id, legal_name, website,
    (SELECT array_agg(email ORDER BY NOT is_contact, position) FROM members
        WHERE members.partner_id = partners.id) AS emails
FROM partners WHERE email_verified_at IS NOT NULL AND partners.id > %s
ORDER BY partners.id LIMIT %s FOR NO KEY UPDATE OF partners
"""
WRITE = """
UPDATE partners
SET website_domain = new.website_domain, name_shape = new.name_shape, mailboxes = new.mailboxes
FROM json_to_recordset(%s) AS new (id uuid, website_domain text, name_shape text, mailboxes text[])
WHERE partners.id = new.id
"""
CONFIRMED = "WHERE email_verified_at IS NOT NULL"
# Those that were over the states of partners who are still here are made anew.
INDEXES = {
    "partners_by_registration": f"partners (country, registration_without_court) {CONFIRMED}",
    "partners_by_mail_domain": f"partners (mail_domain) {CONFIRMED}",
    "partners_by_website": f"partners (website_domain) {CONFIRMED}",
    "partners_by_name_shape": f"partners (country, name_shape) {CONFIRMED}",
    "partners_by_mailbox": f"partners USING gin (mailboxes) WITH (fastupdate = off) {CONFIRMED}",
}


def upgrade() -> None:
    """Add tables and columns, compute the rows, and make the indexes, beside running services.

    Harmless when repeated, for it commits on its way. What a process of the version before verifies in
    these minutes is computed at the partner's next change.
    """
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        for change in CHANGES:
            connection.exec_driver_sql(change)
        _compute_all(connection)
        for name in ("partners_by_registration", "partners_by_mail_domain"):
            connection.exec_driver_sql(f"DROP INDEX IF EXISTS {name}")
    for name, on in INDEXES.items():
        create_index_concurrently(op, name, on)


def _compute_all(connection: Connection) -> None:
    after: UUID | None = UUID(int=0)
    while after is not None:
        connection.exec_driver_sql("BEGIN")
        rows = connection.exec_driver_sql(ROWS, (after, AT_ONCE)).all()
        connection.exec_driver_sql(WRITE, (json.dumps([_computed(row) for row in rows]),))
        connection.exec_driver_sql("COMMIT")
        after = rows[-1].id if rows else None


def _computed(row: Row[Any]) -> dict[str, Any]:
    columns = columns_after_confirmation(
        legal_name=row.legal_name, website=row.website, emails=row.emails or ()
    )
    return {"id": str(row.id), **columns}
