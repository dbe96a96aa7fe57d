"""Invitations that run out are found by an index; no job waits for each.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"

CHANGES = """
CREATE INDEX invitations_by_expiry ON invitations (expires_at, id) WHERE state IN ('planned', 'sent');
DELETE FROM procrastinate_jobs WHERE task_name = 'expire_invitation';
"""


def upgrade() -> None:
    op.execute(CHANGES)
