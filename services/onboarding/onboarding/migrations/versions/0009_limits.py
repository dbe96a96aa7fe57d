"""What strangers do is counted; mails to mailboxes that nobody has confirmed take turns."""

import sqlalchemy as sa
from alembic import op

from chassis.database.counted_acts import create_counted_acts

revision = "0009"
down_revision = "0008"

TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Three tables; wishes for a link are no longer counted by themselves."""
    create_counted_acts(op)
    op.create_table(
        "mail_turns",
        sa.Column("mailbox", sa.LargeBinary, primary_key=True),
        sa.Column("sent", sa.Integer, nullable=False),
        sa.Column("next_at", TIME, nullable=False),
    )
    op.create_index("mail_turns_by_age", "mail_turns", ["next_at"])
    op.create_table(
        "waiting_mails",
        sa.Column("partner_id", sa.Uuid, sa.ForeignKey("partners.id"), primary_key=True),
        sa.Column("member_id", sa.Uuid, primary_key=True),
        sa.Column("mailbox", sa.LargeBinary, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
    )
    op.create_index("waiting_mails_by_due_time", "waiting_mails", ["due_at", "partner_id", "member_id"])
    op.create_index("waiting_mails_by_mailbox", "waiting_mails", ["mailbox"])
    # Processes of before still write it; a later revision may drop the column.
    op.alter_column("link_requests", "email_sha256", nullable=True)
