"""Who was switched off in the CRM by an older version carries no mark that it was us: the grant says so."""

from alembic import op

revision = "0007"
down_revision = "0006"

CHANGE = """
UPDATE grants SET outputs = outputs || '{"crm_unmarked": true}'
WHERE EXISTS (
    SELECT FROM grant_steps AS step
    WHERE step.grant_id = grants.grant_id AND step.name = 'crm_users' AND (is_frozen OR is_switching)
)
"""


def upgrade() -> None:
    op.execute(CHANGE)
