"""Sessions that ended before their time, as onboarding tells, and lessons, as learning systems tell."""

from alembic import op

from chassis.database.migrations import create_index_concurrently

revision = "0014"
down_revision = "0013"

TABLE = """
CREATE TABLE IF NOT EXISTS ended_sessions (id uuid PRIMARY KEY, forget_at timestamptz NOT NULL)
"""
LESSONS = """
ALTER TABLE invitations
    ADD COLUMN IF NOT EXISTS started_at timestamptz, ADD COLUMN IF NOT EXISTS completed_at timestamptz,
    ADD COLUMN IF NOT EXISTS progress smallint, ADD COLUMN IF NOT EXISTS score double precision
"""


def upgrade() -> None:
    op.execute(TABLE)
    op.execute(LESSONS)
    create_index_concurrently(op, "ended_sessions_by_age", "ended_sessions (forget_at)")
    create_index_concurrently(op, "members_by_address", "members (lower(email))")
    create_index_concurrently(op, "members_by_id", "members (id)")
