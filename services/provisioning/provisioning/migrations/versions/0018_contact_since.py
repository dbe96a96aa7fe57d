"""From when on a partner's contact speaks for it."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.execute("ALTER TABLE partners ADD COLUMN IF NOT EXISTS contact_since timestamptz")
