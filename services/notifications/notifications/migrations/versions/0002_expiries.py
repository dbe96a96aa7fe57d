"""Invitations that run out are found by an index; no job waits for each."""

from alembic import op

from chassis.database.migrations import create_index_concurrently

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'expire'")
    create_index_concurrently(
        op,
        "invitations_by_expiry",
        "invitations (expires_at, id) WHERE state IN ('planned', 'sent')",
    )
