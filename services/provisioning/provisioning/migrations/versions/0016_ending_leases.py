"""Leases that end soon are found by their end."""

from alembic import op

revision = "0016"
down_revision = "0015"

CHANGES = """
CREATE INDEX grants_by_end ON grants (lease_ends_at)
WHERE lease_ends_at IS NOT NULL AND NOT lease_is_expired AND intent <> 'off';
"""


def upgrade() -> None:
    op.execute(CHANGES)
