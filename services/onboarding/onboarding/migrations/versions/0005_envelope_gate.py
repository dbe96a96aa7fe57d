"""Numbers given twice are noticed, records can be skipped, foreign dead letters are limited."""

from alembic import op

from chassis.migrations import create_index_concurrently, upgrade_chassis

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    upgrade_chassis(op, 3)
    op.execute("DROP INDEX IF EXISTS dead_letters_waiting")
    waiting = "dead_letters (consumer_group, topic, code, id) WHERE status = 'waiting'"
    create_index_concurrently(op, "dead_letters_that_wait", waiting)
