"""Partners are erased, which is noted until nothing of them stands outside any more."""

from alembic import op

from chassis.database.migrations import create_index_concurrently, upgrade_chassis

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    upgrade_chassis(op, 5)
    op.execute("ALTER TABLE partners ADD COLUMN IF NOT EXISTS erased_at timestamptz")
    create_index_concurrently(op, "partners_erased", "partners (erased_at) WHERE erased_at IS NOT NULL")
