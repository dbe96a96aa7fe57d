"""Subdomains of a mailbox's name, wide letters and bare tags count no longer: mailboxes of before follow."""

from typing import Any
from uuid import UUID

from alembic import op
from sqlalchemy import Connection

from chassis.text.mail_addresses import counted_mailbox

revision = "0011"
down_revision = "0010"

AT_ONCE = 1_000
# Nobody changes them until they are written; reading goes on. All other forms stay as they are.
ROWS = r"""
SELECT id, mailboxes FROM partners
WHERE id > %s AND array_to_string(mailboxes, ' ') ~ '[^ -~]|\+|\.fastmail\.(com|fm)( |$)'
ORDER BY id LIMIT %s FOR NO KEY UPDATE
"""
WRITE = "UPDATE partners SET mailboxes = %s WHERE id = %s"


def upgrade() -> None:
    """Compute them beside running services, in small transactions. Harmless when repeated.

    What a process of the version before writes in these minutes is computed at the partner's next change.
    """
    with op.get_context().autocommit_block():
        _compute_all(op.get_bind())


def _compute_all(connection: Connection) -> None:
    after: UUID | None = UUID(int=0)
    while after is not None:
        connection.exec_driver_sql("BEGIN")
        rows: list[Any] = list(connection.exec_driver_sql(ROWS, (after, AT_ONCE)))
        for row in rows:
            mailboxes = [counted_mailbox(mailbox) for mailbox in row.mailboxes]
            connection.exec_driver_sql(WRITE, (mailboxes, row.id))
        connection.exec_driver_sql("COMMIT")
        after = rows[-1].id if rows else None
