"""Deadlines are found by an index; no job waits for each."""

from alembic import op

from chassis.database.migrations import create_index_concurrently

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the index, and remove the jobs that nobody takes any more."""
    op.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'onboarding.meet_deadline'")
    create_index_concurrently(
        op, "partners_by_deadline", "partners (deadline_at, id) WHERE deadline_at IS NOT NULL"
    )
