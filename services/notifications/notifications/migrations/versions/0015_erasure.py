"""What was erased is remembered, so that nothing brings it back."""

from alembic import op

from chassis.database.migrations import upgrade_chassis

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    upgrade_chassis(op, 5)
