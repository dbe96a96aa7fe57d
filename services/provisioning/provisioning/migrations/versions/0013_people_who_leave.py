"""People can leave a partner: who does, until nothing of theirs stands outside, and who did."""

from alembic import op

revision = "0013"
down_revision = "0012"

# The defaults stay: processes of before add rows without them.
CHANGES = """
ALTER TABLE partners ADD COLUMN IF NOT EXISTS members_removed uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN IF NOT EXISTS leavers jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN IF NOT EXISTS contact_sequence bigint NOT NULL DEFAULT 0;
ALTER TABLE seats ADD COLUMN IF NOT EXISTS is_leaving boolean NOT NULL DEFAULT false;
"""


def upgrade() -> None:
    op.execute(CHANGES)
