"""What partners ask for.

Revision ID: 0015
Revises: 0013
"""

from alembic import op

revision = "0015"
down_revision = "0014"

TABLE = """
CREATE TABLE requests (
    id uuid PRIMARY KEY,
    partner_id uuid NOT NULL REFERENCES partners (id),
    kind text NOT NULL,
    about text NOT NULL,
    reason text NOT NULL,
    asked_at timestamptz NOT NULL,
    standing text NOT NULL,
    details jsonb NOT NULL,
    findings jsonb NOT NULL,
    decision_reason text,
    decision_by_kind text,
    decision_by_name text,
    decision_at timestamptz,
    closed_at timestamptz
)
"""


def upgrade() -> None:
    op.execute(TABLE)
    op.execute("CREATE INDEX requests_by_partner ON requests (partner_id, asked_at)")
    op.execute("CREATE INDEX requests_by_standing ON requests (standing, asked_at, id)")
