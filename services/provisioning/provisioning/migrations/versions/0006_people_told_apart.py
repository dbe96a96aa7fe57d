"""Whoever was taken for somebody else is a person of their own, and gets a user of their own outside.

Nobody loses a seat: everybody's rows stay, and whose address has the same form as before keeps the id too.
All others get the id of their own mailbox, for if they kept the old one, the person whose it is would be
taken for them again. The worker then makes what is missing outside, and relabels what is theirs.
"""

from typing import Any
from uuid import UUID

from alembic import op
from sqlalchemy import Connection

from chassis.database.migrations.concurrent_index import create_index_concurrently
from provisioning.domain.orders import person_id_of

revision = "0006"
down_revision = "0005"

AT_ONCE = 1_000
# Seats for analytics are named after the member, not the person.
PEOPLE_STEPS = "('crm_users', 'sandbox_sign_in')"
COLUMN = "ALTER TABLE seats ADD COLUMN IF NOT EXISTS former_person_id uuid"
SEATS = """
SELECT grant_id, seats.member_id, person_id, member ->> 'email' AS email
FROM seats JOIN grants USING (grant_id) JOIN partners USING (partner_id),
    jsonb_array_elements(profile -> 'members') AS member
WHERE (grant_id, seats.member_id) > (%s, %s) AND (member ->> 'member_id')::uuid = seats.member_id
ORDER BY grant_id, seats.member_id LIMIT %s
"""
# An address never changes, so nobody has to be held for it.
TELL_APART = """
UPDATE seats SET person_id = %s, former_person_id = person_id
WHERE grant_id = %s AND member_id = %s AND person_id <> %s
"""
MARK_THE_OTHERS = """
UPDATE seats SET former_person_id = person_id
WHERE former_person_id IS NULL
    AND person_id IN (SELECT former_person_id FROM seats WHERE former_person_id IS NOT NULL)
"""
GRANTS = """
SELECT DISTINCT partner_id, grant_id FROM seats JOIN grants USING (grant_id)
WHERE former_person_id IS NOT NULL AND intent <> 'revoke' ORDER BY partner_id, grant_id
"""
# As `Grant.widen` does: seats that are there stay, an attempt that is under way is overtaken.
OUTDATE = f"""
UPDATE grant_steps SET attempt_id = NULL,
    progress = CASE progress WHEN 'done' THEN 'outdated' ELSE progress END
WHERE grant_id = %s AND name IN {PEOPLE_STEPS} AND progress IN ('begun', 'done', 'outdated')
"""  # noqa: S608 - our own names
ADVANCE = """
INSERT INTO procrastinate_jobs (queue_name, task_name, args)
VALUES ('default', 'advance_grant', jsonb_build_object('grant_id', %s::text))
"""


def upgrade() -> None:
    """In small transactions, while no worker of before runs (docs/operations.md). Harmless when repeated."""
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        connection.exec_driver_sql(COLUMN)
        _tell_apart(connection)
        connection.exec_driver_sql(MARK_THE_OTHERS)
        for partner_id, grant_id in connection.exec_driver_sql(GRANTS).all():
            connection.exec_driver_sql("BEGIN")
            connection.exec_driver_sql("SELECT FROM partners WHERE partner_id = %s FOR UPDATE", (partner_id,))
            if connection.exec_driver_sql(OUTDATE, (grant_id,)).rowcount:
                connection.exec_driver_sql(ADVANCE, (grant_id,))
            connection.exec_driver_sql("COMMIT")
    create_index_concurrently(op, "seats_by_former_person", "seats (former_person_id)")


def _tell_apart(connection: Connection) -> None:
    after: tuple[UUID, UUID] | None = (UUID(int=0), UUID(int=0))
    while after is not None:
        rows: list[Any] = list(connection.exec_driver_sql(SEATS, (*after, AT_ONCE)))
        for row in rows:
            own = person_id_of(row.email)
            if own != row.person_id:
                connection.exec_driver_sql(TELL_APART, (own, row.grant_id, row.member_id, own))
        after = (rows[-1].grant_id, rows[-1].member_id) if rows else None
