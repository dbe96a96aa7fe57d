"""Acts may wait for a second person."""

from alembic import op

from chassis.database.migrations import upgrade_chassis

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    upgrade_chassis(op, 4)
