"""A sweep counts the pages of a kind, so that no outside keeps it for ever."""

from alembic import op

revision = "0012"
down_revision = "0011"

# The default stays: processes of before add sweeps without it.
CHANGES = "ALTER TABLE sweeps ADD COLUMN pages integer NOT NULL DEFAULT 0"


def upgrade() -> None:
    op.execute(CHANGES)
