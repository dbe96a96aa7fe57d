"""The next job is found by when it is due."""

from alembic import op

from chassis.database.migrations import upgrade_chassis

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    upgrade_chassis(op, 8)
