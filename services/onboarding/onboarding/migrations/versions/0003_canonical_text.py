"""What companies are compared by, in its canonical form; rows of before get it too.

The forms are computed as the service computes them, by today's code: an index over two kinds of forms
would find nobody twice. Two partners that hold one number by the new form are left as they are, one of
them marked as sharing it, and named in the log and among the operators' actions, for people to sort out.
"""

import json
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
import structlog
from alembic import op

from chassis.operating.operators_log import note_action
from onboarding.adapters.compared_columns import compared_columns

revision = "0003"
down_revision = "0002"

AT_ONCE = 1_000
# Frozen copies of the domain's sets of states, as they were when this revision was written.
HOLDS_REGISTRATION = (
    "state IN ('active', 'agreement_accepted', 'approved', 'offboarding', 'provisioning', 'suspended')"
)
LIVE = (
    "state IN ('action_required', 'active', 'agreement_accepted', 'approved', 'email_verified', 'in_review',"
    " 'offboarding', 'provisioning', 'suspended')"
)
log = structlog.get_logger(__name__)

ROWS = sa.text(
    "SELECT partners.id, legal_name, country, registration_number, email,"
    " trim(given_name || ' ' || family_name) AS name"
    " FROM partners JOIN members ON members.partner_id = partners.id AND is_contact"
    " WHERE partners.id > :after ORDER BY partners.id LIMIT :most"
)
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
    FROM partners WHERE {HOLDS_REGISTRATION}
    WINDOW same AS (PARTITION BY country, registration_key ORDER BY created_at, id)
) AS holders WHERE place > 1
"""  # noqa: S608 - our own names


def upgrade() -> None:
    """Add the columns, compute every row, and make the indexes over the new forms.

    Nobody writes meanwhile: the change of the table keeps others out until the end of the transaction.
    Processes of the version before may go on afterwards; what they add is computed at its next change.
    """
    op.add_column(
        "partners", sa.Column("registration_without_court", sa.Text, nullable=False, server_default="")
    )
    op.add_column(
        "partners", sa.Column("shares_registration", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.drop_index("one_partner_per_registration", "partners")
    op.drop_index("partners_by_registration", "partners")
    connection = op.get_bind()
    for rows in _in_parts(connection):
        connection.exec_driver_sql(WRITE, (json.dumps([_computed(row) for row in rows]),))
    _mark_collisions(connection)
    op.create_index(
        "one_partner_per_registration",
        "partners",
        ["country", "registration_key"],
        unique=True,
        postgresql_where=sa.text(f"NOT shares_registration AND {HOLDS_REGISTRATION}"),
    )
    op.create_index(
        "partners_by_registration",
        "partners",
        ["country", "registration_without_court"],
        postgresql_where=sa.text(LIVE),
    )


def _in_parts(connection: sa.Connection) -> Iterator[Sequence[sa.Row[Any]]]:
    after = UUID(int=0)
    while rows := connection.execute(ROWS, {"after": after, "most": AT_ONCE}).all():
        yield rows
        after = rows[-1].id


def _computed(row: sa.Row[Any]) -> dict[str, str]:
    columns = compared_columns(
        row.id,
        legal_name=row.legal_name,
        country=row.country,
        registration_number=row.registration_number,
        contact_name=row.name,
        contact_email=row.email,
    )
    return {"id": str(row.id), **columns}


def _mark_collisions(connection: sa.Connection) -> None:
    for partner_id, holder in connection.exec_driver_sql(COLLISIONS).all():
        connection.exec_driver_sql(
            "UPDATE partners SET shares_registration = true WHERE id = %s", (partner_id,)
        )
        reason = f"Holds the same registration number as {holder}, which was written in another way."
        note_action(
            connection, actor="upgrade", action="registration.shared", target=str(partner_id), reason=reason
        )
        log.warning("registration_shared", partner_id=str(partner_id), holder_id=str(holder))
