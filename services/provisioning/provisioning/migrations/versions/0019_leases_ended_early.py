"""A lease that an operator or the budget ended is told from one whose time was over.

The days of bills are found by day, too: lists of spending ask for a month of all accounts.
"""

from alembic import op

from chassis.database.migrations import create_index_concurrently

revision = "0019"
down_revision = "0018"

CHANGES = """
ALTER TABLE grants ADD COLUMN IF NOT EXISTS lease_ended_early boolean NOT NULL DEFAULT false;
UPDATE grants SET lease_ended_early = true
WHERE lease_is_expired
    AND lease_ends_at < lease_started_at + (parameters ->> 'lease_days')::integer * interval '24 hours';
"""


def upgrade() -> None:
    op.execute(CHANGES)
    create_index_concurrently(op, "spend_days_by_day", "spend_days (day)")
