"""What was erased is remembered, so that nothing brings it back."""

from alembic import op

from chassis.database.migrations import upgrade_chassis

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    upgrade_chassis(op, 5)
