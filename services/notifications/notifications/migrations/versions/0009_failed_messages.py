"""Mails that failed are found by an index."""

from alembic import op

from chassis.database.migrations import create_index_concurrently

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    create_index_concurrently(op, "messages_failed", "messages (id) WHERE state = 'failed'")
