"""Why jobs failed is kept; jobs that failed, and steps that are tried again, are found by an index."""

from alembic import op

from chassis.database.migrations import create_index_concurrently, upgrade_chassis

revision = "0028"
down_revision = "0027"


def upgrade() -> None:
    upgrade_chassis(op, 7)
    create_index_concurrently(
        op, "grant_steps_tried_again", "grant_steps (grant_id) WHERE retry_at IS NOT NULL"
    )
