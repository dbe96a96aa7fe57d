"""The index by event has no order any more: nothing can be read backwards by it."""

from alembic import op

from chassis.database.migrations import create_index_concurrently

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """For the newest of one endpoint the planner read the deliveries of all backwards, and filtered.

    That is cheap where it takes the latest events, and reads a million rows where it has taken none for long.
    """
    create_index_concurrently(op, "deliveries_of_event", "deliveries USING hash (event_position)")
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS deliveries_by_event")
