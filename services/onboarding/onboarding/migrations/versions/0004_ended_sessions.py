"""Sessions that were ended before their time."""

from alembic import op

revision = "0004"
down_revision = "0003"

CHANGES = """
CREATE TABLE ended_sessions (id uuid PRIMARY KEY, forget_at timestamptz NOT NULL);
CREATE INDEX ended_sessions_by_age ON ended_sessions (forget_at);
"""


def upgrade() -> None:
    op.execute(CHANGES)
