"""The offers of a mail are found by an index."""

from alembic import op

from chassis.database.migrations import create_index_concurrently

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    create_index_concurrently(op, "invitations_by_message", "invitations (message_id)")
