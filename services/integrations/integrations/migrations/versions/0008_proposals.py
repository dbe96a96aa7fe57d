"""Acts may wait for a second person."""

from alembic import op

from chassis.database.migrations import upgrade_chassis

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    upgrade_chassis(op, 4)
