"""The newest change of a partner's tier is known by its number, so that an older one cannot undo it."""

from alembic import op

revision = "0022"
down_revision = "0019"


def upgrade() -> None:
    op.execute("ALTER TABLE partners ADD COLUMN IF NOT EXISTS tier_sequence bigint NOT NULL DEFAULT 0")
