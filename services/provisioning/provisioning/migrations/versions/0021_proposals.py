"""Acts may wait for a second person; grants that are frozen are found by an index."""

from alembic import op

from chassis.database.migrations import create_index_concurrently, upgrade_chassis

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    upgrade_chassis(op, 4)
    create_index_concurrently(op, "grants_frozen", "grants (number) WHERE cardinality(frozen_for) > 0")
