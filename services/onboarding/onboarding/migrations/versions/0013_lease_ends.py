"""Products know until when they last."""

from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.execute("ALTER TABLE products ADD COLUMN lease_ends_at timestamptz")
