"""The operators' log knows roles and traces."""

from alembic import op

from chassis.database.migrations import upgrade_chassis

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    upgrade_chassis(op, 2)
