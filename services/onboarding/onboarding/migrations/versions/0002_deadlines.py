"""Deadlines are found by an index; no job waits for each."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the index, and remove the jobs that nobody takes any more."""
    op.create_index(
        "partners_by_deadline",
        "partners",
        ["deadline_at", "id"],
        postgresql_where=sa.text("deadline_at IS NOT NULL"),
    )
    op.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'onboarding.meet_deadline'")
