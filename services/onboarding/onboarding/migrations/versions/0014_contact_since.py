"""A partner knows since when its contact is who it is, after another one."""

from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    op.execute("ALTER TABLE partners ADD COLUMN contact_since timestamptz")
