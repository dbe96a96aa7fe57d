"""Which event last changed a partner's contact."""

from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    # The default stays: processes of before add rows without it.
    op.execute("ALTER TABLE partners ADD COLUMN contact_sequence integer NOT NULL DEFAULT 0")
