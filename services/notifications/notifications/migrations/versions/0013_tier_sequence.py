"""Which event last changed a partner's tier."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    # The default stays: processes of before add rows without it.
    op.execute("ALTER TABLE partners ADD COLUMN IF NOT EXISTS tier_sequence integer NOT NULL DEFAULT 0")
