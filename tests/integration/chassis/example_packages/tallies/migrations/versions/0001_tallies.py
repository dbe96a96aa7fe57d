"""The chassis's tables and the example's own."""

from alembic import op

from chassis.database.migrations import upgrade_chassis

revision = "0001"
down_revision = None


def upgrade() -> None:
    upgrade_chassis(op)
    upgrade_chassis(op, 2)
    upgrade_chassis(op, 3)
    upgrade_chassis(op, 4)
    upgrade_chassis(op, 5)
    upgrade_chassis(op, 6)
    upgrade_chassis(op, 7)
    upgrade_chassis(op, 8)
    # No unique constraint on event_id: a doubled effect must be seen by the test, not prevented here.
    op.execute(
        "CREATE TABLE tally (id bigint GENERATED ALWAYS AS IDENTITY, subject text NOT NULL,"
        " number integer NOT NULL, event_id text NOT NULL, remark text)"
    )
    op.execute("CREATE TABLE facts (name text PRIMARY KEY)")
    op.execute("CREATE TABLE notes (event_id text PRIMARY KEY)")
