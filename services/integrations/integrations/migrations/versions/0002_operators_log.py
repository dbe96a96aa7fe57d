"""The operators' log knows roles and traces."""

from alembic import op

from chassis.database.migrations import upgrade_chassis

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    upgrade_chassis(op, 2)
