"""People can leave a partner: who does, until nothing of theirs stands outside, and who did."""

from alembic import op

revision = "0013"
down_revision = "0012"

# The defaults stay: processes of before add rows without them.
CHANGES = """
ALTER TABLE partners ADD COLUMN members_removed uuid[] NOT NULL DEFAULT '{}',
    ADD COLUMN leavers jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN contact_sequence bigint NOT NULL DEFAULT 0;
ALTER TABLE seats ADD COLUMN is_leaving boolean NOT NULL DEFAULT false;
"""


def upgrade() -> None:
    op.execute(CHANGES)
