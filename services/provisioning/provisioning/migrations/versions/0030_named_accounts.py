"""Ready accounts that were created for a grant have its partner's name: they lose it before another one's."""

from alembic import op

revision = "0030"
down_revision = "0029"

CHANGES = """
UPDATE sandbox_accounts
SET wanted = 'cleaning', due_at = now(), attempts = 0, begun_at = NULL, attempt_id = NULL,
    cause_code = NULL, cause_message = NULL
WHERE state = 'available' AND wanted = 'available' AND grant_id IS NULL
    AND account_key IN (SELECT grant_id FROM grants);
"""


def upgrade() -> None:
    op.execute(CHANGES)
