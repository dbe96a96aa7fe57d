"""What partners ask for, and where they are signed in."""

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
SESSIONS = """
CREATE TABLE sessions (
    id uuid PRIMARY KEY,
    partner_id uuid NOT NULL REFERENCES partners (id),
    begun_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    browser text NOT NULL
)
"""


def upgrade() -> None:
    op.execute(TABLE)
    op.execute(SESSIONS)
    op.execute("CREATE INDEX sessions_by_partner ON sessions (partner_id, begun_at)")
    op.execute("CREATE INDEX sessions_by_end ON sessions (ends_at)")
    op.execute("CREATE INDEX requests_by_partner ON requests (partner_id, asked_at)")
    op.execute("CREATE INDEX requests_by_standing ON requests (standing, asked_at, id)")
