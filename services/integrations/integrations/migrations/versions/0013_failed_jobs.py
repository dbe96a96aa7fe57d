"""Why jobs failed is kept, and those that failed are found by an index."""

from alembic import op

from chassis.database.migrations import upgrade_chassis

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    upgrade_chassis(op, 7)
