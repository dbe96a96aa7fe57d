"""Suspensions are ordered by their numbers; a switch whose end nobody saw is known."""

from alembic import op

revision = "0002"
down_revision = "0001"

CHANGES = """
ALTER TABLE partners ADD COLUMN switched_sequence bigint NOT NULL DEFAULT 0, DROP COLUMN switched_at;
ALTER TABLE grant_steps ADD COLUMN is_switching boolean NOT NULL DEFAULT false;
"""


def upgrade() -> None:
    op.execute(CHANGES)
