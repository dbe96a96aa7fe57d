"""Results that people made outlive their grant for some days.

Whose grants ended before have no row: what they left stays until an operator adds one.
"""

from alembic import op

revision = "0025"
down_revision = "0024"

CHANGES = """
CREATE TABLE IF NOT EXISTS kept_results (
    location varchar PRIMARY KEY,
    grant_id uuid NOT NULL UNIQUE REFERENCES grants (grant_id),
    delete_at timestamptz NOT NULL,
    try_at timestamptz NOT NULL,
    deleted_at timestamptz,
    failing_since timestamptz,
    cause_code varchar,
    cause_message varchar
);
CREATE INDEX IF NOT EXISTS kept_results_to_delete ON kept_results (try_at) WHERE deleted_at IS NULL;
"""


def upgrade() -> None:
    op.execute(CHANGES)
