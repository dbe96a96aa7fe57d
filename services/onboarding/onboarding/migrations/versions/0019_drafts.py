"""Applications that are not sent yet."""

from alembic import op

revision = "0019"
down_revision = "0018"

TABLE = """
CREATE TABLE IF NOT EXISTS drafts (
    id uuid PRIMARY KEY,
    member_id uuid NOT NULL,
    email text NOT NULL,
    answers jsonb NOT NULL,
    saved_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS drafts_by_end ON drafts (expires_at);
"""


def upgrade() -> None:
    op.execute(TABLE)
