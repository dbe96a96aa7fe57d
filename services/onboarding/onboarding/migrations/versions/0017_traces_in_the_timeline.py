"""A line of the timeline keeps the trace that it came from, for those who read logs."""

from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    op.execute("ALTER TABLE timeline ADD COLUMN IF NOT EXISTS trace_id text")
