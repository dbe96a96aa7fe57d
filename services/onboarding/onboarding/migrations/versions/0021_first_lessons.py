"""The first lesson is one that was completed, not an invitation that was accepted."""

from alembic import op

from chassis.database.migrations import create_index_concurrently

revision = "0021"
down_revision = "0020"

STAGES = """timeline (partner_id, code, occurred_at)
WHERE code IN ('partner.applied', 'partner.email_verified', 'partner.approved', 'partner.agreement_accepted',
    'partner.activated', 'access.granted', 'learning.path_completed')"""


def upgrade() -> None:
    create_index_concurrently(op, "timeline_of_stages_to_lessons", STAGES)
    with op.get_context().autocommit_block():
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS timeline_of_stages")
