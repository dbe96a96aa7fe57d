"""Proposals are found by what their paths name, when it is erased."""

from alembic import op

from chassis.database.migrations import upgrade_chassis

revision = "0023"
down_revision = "0022"


def upgrade() -> None:
    upgrade_chassis(op, 6)
