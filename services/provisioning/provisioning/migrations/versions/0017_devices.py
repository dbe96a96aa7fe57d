"""A partner adds devices to a grant beside its first one."""

from alembic import op

revision = "0017"
down_revision = "0016"

CHANGES = """
CREATE TABLE IF NOT EXISTS devices (
    device_id uuid PRIMARY KEY,
    grant_id uuid NOT NULL REFERENCES grants (grant_id),
    name varchar NOT NULL,
    added_at timestamptz NOT NULL,
    added_by varchar NOT NULL,
    outputs jsonb NOT NULL,
    collected_at timestamptz,
    collected_by_visit uuid,
    is_wanted boolean NOT NULL,
    is_told boolean NOT NULL
);
CREATE INDEX IF NOT EXISTS ix_devices_grant_id ON devices (grant_id);
"""


def upgrade() -> None:
    op.execute(CHANGES)
