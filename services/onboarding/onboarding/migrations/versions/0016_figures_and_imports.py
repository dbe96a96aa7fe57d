"""What figures are counted from has an index, the newest are kept; so is which applications were imported."""

from alembic import op

from chassis.database.migrations import create_index_concurrently

revision = "0016"
down_revision = "0015"

STAGES = """timeline (partner_id, code, occurred_at)
WHERE code IN ('partner.applied', 'partner.email_verified', 'partner.approved', 'partner.agreement_accepted',
    'partner.activated', 'access.granted', 'learning.invitation_accepted')"""
FAILURES = "timeline (occurred_at) WHERE code IN ('access.failed', 'access.stuck', 'message.failed')"
CHANGES = """
CREATE TABLE IF NOT EXISTS figures (
    counted_at timestamptz NOT NULL,
    counted jsonb NOT NULL,
    is_newest boolean PRIMARY KEY CHECK (is_newest)
);
CREATE TABLE IF NOT EXISTS imported_applications (
    digest bytea PRIMARY KEY,
    partner_id uuid NOT NULL,
    imported_at timestamptz NOT NULL
);
"""


def upgrade() -> None:
    op.execute(CHANGES)
    create_index_concurrently(op, "timeline_of_stages", STAGES)
    create_index_concurrently(op, "timeline_of_failures", FAILURES)
