"""What companies are compared by, in its canonical form; rows of before get it too.

The forms are computed as the service computes them, by today's code: an index over two kinds of forms
would find nobody twice. Two partners that hold one number by the new form are left as they are, one of
them marked as sharing it, and named in the log and among the operators' actions, for people to sort out.
"""

import json
from typing import Any
from uuid import UUID

import structlog
from alembic import op
from sqlalchemy import Connection, Row
from uuid_utils.compat import uuid7

from chassis.database.migrations.concurrent_index import create_index_concurrently
from onboarding.adapters.compared_columns import compared_columns

revision = "0007"
down_revision = "0006"

AT_ONCE = 1_000
# Frozen copies of the domain's sets of states, as they were when this revision was written.
HOLDS_REGISTRATION = (
    "state IN ('active', 'agreement_accepted', 'approved', 'offboarding', 'provisioning', 'suspended')"
)
LIVE = (
    "state IN ('action_required', 'active', 'agreement_accepted', 'approved', 'email_verified', 'in_review',"
    " 'offboarding', 'provisioning', 'suspended')"
)
# The operators' log as it is at this revision; today's code knows columns that come later.
NOTE = """
INSERT INTO operator_actions (id, actor, role, action, target, reason, outcome)
VALUES (%s, 'upgrade', 'database', 'registration.shared', %s, %s, 'done')
"""
log = structlog.get_logger(__name__)

COLUMNS = """
ALTER TABLE partners
    ADD COLUMN IF NOT EXISTS registration_without_court text NOT NULL DEFAULT '',
    ADD COLUMN IF NOT EXISTS shares_registration boolean NOT NULL DEFAULT false
"""
# Nobody changes them until they are written; reading goes on.
ROWS = """
SELECT partners.id, legal_name, country, registration_number, email,
    trim(given_name || ' ' || family_name) AS name
FROM partners JOIN members ON members.partner_id = partners.id AND is_contact
WHERE partners.id > %s ORDER BY partners.id LIMIT %s FOR NO KEY UPDATE OF partners
"""
WRITE = """
UPDATE partners SET registration_key = new.registration_key,
    registration_without_court = new.registration_without_court, contact_email = new.contact_email,
    mail_domain = new.mail_domain, search_text = new.search_text
FROM json_to_recordset(%s) AS new (id uuid, registration_key text, registration_without_court text,
    contact_email text, mail_domain text, search_text text)
WHERE partners.id = new.id
"""
# The first one keeps the number.
COLLISIONS = f"""
SELECT id, holder FROM (
    SELECT id, first_value(id) OVER same AS holder, row_number() OVER same AS place
    FROM partners WHERE {HOLDS_REGISTRATION} AND NOT shares_registration
    WINDOW same AS (PARTITION BY country, registration_key ORDER BY created_at, id)
) AS holders WHERE place > 1
"""  # noqa: S608 - our own names


def upgrade() -> None:
    """Add the columns, compute every row, and make the indexes over the new forms, beside running services.

    Harmless when repeated, for it commits on its way. While the one index is made anew, two operators
    could approve one company twice; the later one is then marked too. What a process of the version
    before adds in these minutes is computed at its next change.
    """
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        connection.exec_driver_sql(COLUMNS)
        connection.exec_driver_sql("DROP INDEX IF EXISTS one_partner_per_registration")
        _compute_all(connection)
        _mark_collisions(connection)
        connection.exec_driver_sql("DROP INDEX IF EXISTS partners_by_registration")
    create_index_concurrently(
        op,
        "one_partner_per_registration",
        f"partners (country, registration_key) WHERE NOT shares_registration AND {HOLDS_REGISTRATION}",
        unique=True,
    )
    create_index_concurrently(
        op, "partners_by_registration", f"partners (country, registration_without_court) WHERE {LIVE}"
    )


def _compute_all(connection: Connection) -> None:
    after: UUID | None = UUID(int=0)
    while after is not None:
        connection.exec_driver_sql("BEGIN")
        rows = connection.exec_driver_sql(ROWS, (after, AT_ONCE)).all()
        connection.exec_driver_sql(WRITE, (json.dumps([_computed(row) for row in rows]),))
        connection.exec_driver_sql("COMMIT")
        after = rows[-1].id if rows else None


def _computed(row: Row[Any]) -> dict[str, str]:
    columns = compared_columns(
        row.id,
        legal_name=row.legal_name,
        country=row.country,
        registration_number=row.registration_number,
        contact_name=row.name,
        contact_email=row.email,
    )
    return {"id": str(row.id), **columns}


def _mark_collisions(connection: Connection) -> None:
    for partner_id, holder in connection.exec_driver_sql(COLLISIONS).all():
        # Together, so that whoever is marked is named as well, wherever this is cut.
        connection.exec_driver_sql("BEGIN")
        connection.exec_driver_sql(
            "UPDATE partners SET shares_registration = true WHERE id = %s", (partner_id,)
        )
        reason = f"Holds the same registration number as {holder}, which was written in another way."
        connection.exec_driver_sql(NOTE, (uuid7(), str(partner_id), reason))
        connection.exec_driver_sql("COMMIT")
        log.warning("registration_shared", partner_id=str(partner_id), holder_id=str(holder))
