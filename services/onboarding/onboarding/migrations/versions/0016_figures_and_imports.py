"""What figures are counted from has an index, the newest are kept; so is which applications were imported."""

from alembic import op

revision = "0016"
down_revision = "0015"

CHANGES = """
CREATE INDEX timeline_of_stages ON timeline (partner_id, code, occurred_at)
WHERE code IN ('partner.applied', 'partner.email_verified', 'partner.approved', 'partner.agreement_accepted',
    'partner.activated', 'access.granted', 'learning.invitation_accepted');
CREATE INDEX timeline_of_failures ON timeline (occurred_at)
WHERE code IN ('access.failed', 'access.stuck', 'message.failed');
CREATE TABLE figures (
    counted_at timestamptz NOT NULL,
    counted jsonb NOT NULL,
    is_newest boolean PRIMARY KEY CHECK (is_newest)
);
CREATE TABLE imported_applications (
    digest bytea PRIMARY KEY,
    partner_id uuid NOT NULL,
    imported_at timestamptz NOT NULL
);
"""


def upgrade() -> None:
    op.execute(CHANGES)
