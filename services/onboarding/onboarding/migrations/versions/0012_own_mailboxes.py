"""Who is the same contact is told apart anew: only what the providers say to be one mailbox is one.

Who was taken for somebody else, at another domain of a provider or by "ß" and "ss", is found by the own
address from now on. Both forms are computed from what was typed.
"""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from alembic import op
from sqlalchemy import Connection

from chassis.text.mail_addresses import canonical_address, counted_mailbox

revision = "0012"
down_revision = "0011"

AT_ONCE = 1_000
HOLDER = "ALTER TABLE mail_turns ADD COLUMN IF NOT EXISTS holder bytea"
PAGE = """
SELECT id, contact_email, mailboxes,
    ARRAY(SELECT email FROM members WHERE partner_id = partners.id ORDER BY NOT is_contact, position) AS typed
FROM partners WHERE EXISTS (SELECT FROM members WHERE partner_id = partners.id AND is_contact) AND {which}
"""
PAGE_AFTER = PAGE.format(which="id > %s ORDER BY id LIMIT %s")
LOCK = "SELECT FROM partners WHERE id = %s FOR NO KEY UPDATE"
ONE = PAGE.format(which="id = %s")
WRITE = "UPDATE partners SET contact_email = %s, mailboxes = %s WHERE id = %s"


def upgrade() -> None:
    """Compute them beside running services, a transaction for each that differs. Harmless when repeated.

    What a process of the version before writes in these minutes is computed at the partner's next change.
    Turns and counts of a mailbox whose counted form is another one now begin anew; of turns from before
    nobody knows who got the mails, so no confirmation ends them early.
    """
    with op.get_context().autocommit_block():
        connection = op.get_bind()
        connection.execute(sa.text(HOLDER))
        _compute_all(connection)


def _compute_all(connection: Connection) -> None:
    after: UUID | None = UUID(int=0)
    while after is not None:
        rows: list[Any] = list(connection.exec_driver_sql(PAGE_AFTER, (after, AT_ONCE)))
        for row in rows:
            if _computed(row) != (row.contact_email, row.mailboxes):
                _write(connection, row.id)
        after = rows[-1].id if rows else None


def _write(connection: Connection, partner_id: UUID) -> None:
    connection.exec_driver_sql("BEGIN")
    # Read anew under the lock: the people may have changed meanwhile. Reading by others goes on.
    connection.exec_driver_sql(LOCK, (partner_id,))
    for row in connection.exec_driver_sql(ONE, (partner_id,)):
        connection.exec_driver_sql(WRITE, (*_computed(row), partner_id))
    connection.exec_driver_sql("COMMIT")


def _computed(row: Any) -> tuple[str, list[str] | None]:
    """Nobody is compared by the mailboxes before the contact has confirmed the address."""
    mailboxes = None if row.mailboxes is None else [counted_mailbox(email) for email in row.typed]
    return canonical_address(row.typed[0]), mailboxes
