"""Mails that were tried several times in vain are found by an index."""

from alembic import op

from chassis.database.migrations import create_index_concurrently

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    create_index_concurrently(op, "messages_late", "messages (id) WHERE state = 'planned' AND attempts >= 5")
