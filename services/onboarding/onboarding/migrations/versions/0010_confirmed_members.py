"""People whom a contact names confirm before anything is made for them.

Everybody of a partner that is approved has access, or is about to get it: they count as confirmed. Processes
of the version before have to be stopped: whom they approve now has access, too, and would not be marked so
(docs/operations.md has a query that finds them).
"""

from alembic import op

revision = "0010"
down_revision = "0009"

CHANGES = """
ALTER TABLE members
    ADD COLUMN IF NOT EXISTS confirmed_at timestamptz,
    ADD COLUMN IF NOT EXISTS asked_at timestamptz,
    ADD COLUMN IF NOT EXISTS times_asked integer NOT NULL DEFAULT 0;
ALTER TABLE partners ADD COLUMN IF NOT EXISTS declined_count integer NOT NULL DEFAULT 0;
ALTER TABLE links ADD COLUMN IF NOT EXISTS member_id uuid;
"""
# Frozen copy of the domain's states from the approval on.
CONFIRMED = """
UPDATE members SET confirmed_at = partners.state_entered_at FROM partners
WHERE partners.id = members.partner_id AND NOT members.is_contact AND members.confirmed_at IS NULL
    AND partners.state IN ('approved', 'agreement_accepted', 'provisioning', 'active', 'suspended',
        'offboarding', 'offboarded')
"""


def upgrade() -> None:
    op.execute(CHANGES)
    op.execute(CONFIRMED)
