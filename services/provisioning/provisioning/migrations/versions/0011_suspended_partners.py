"""A partner is known to be suspended also where it has no grant yet."""

from alembic import op

revision = "0011"
down_revision = "0010"

# The default stays: processes of before add partners without it.
CHANGES = """
ALTER TABLE partners ADD COLUMN is_suspended boolean NOT NULL DEFAULT false;
UPDATE partners SET is_suspended = true
WHERE EXISTS (
    SELECT FROM grants WHERE grants.partner_id = partners.partner_id AND 'suspension' = ANY (frozen_for)
);
"""


def upgrade() -> None:
    op.execute(CHANGES)
