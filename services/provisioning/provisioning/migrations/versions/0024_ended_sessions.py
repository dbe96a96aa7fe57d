"""Sessions that ended before their time, as onboarding tells."""

from alembic import op

from chassis.database.migrations import create_index_concurrently

revision = "0024"
down_revision = "0023"

TABLE = """
CREATE TABLE IF NOT EXISTS ended_sessions (id uuid PRIMARY KEY, forget_at timestamptz NOT NULL)
"""


def upgrade() -> None:
    op.execute(TABLE)
    create_index_concurrently(op, "ended_sessions_by_age", "ended_sessions (forget_at)")
