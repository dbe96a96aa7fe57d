"""Devices join a grant by claims; refused redemptions are counted."""

from alembic import op

from chassis.database.counted_acts import create_counted_acts

revision = "0023"
down_revision = "0022"

CHANGES = """
CREATE TABLE IF NOT EXISTS device_claims (
    claim_id uuid PRIMARY KEY,
    grant_id uuid NOT NULL REFERENCES grants (grant_id),
    name_prefix varchar NOT NULL,
    places smallint NOT NULL,
    secret_hash bytea NOT NULL,
    created_at timestamptz NOT NULL,
    created_by varchar NOT NULL,
    expires_at timestamptz NOT NULL,
    revoked_at timestamptz
);
CREATE INDEX IF NOT EXISTS ix_device_claims_grant_id ON device_claims (grant_id);

CREATE TABLE IF NOT EXISTS device_redemptions (
    claim_id uuid NOT NULL REFERENCES device_claims (claim_id),
    serial varchar NOT NULL,
    public_key_hash bytea NOT NULL,
    device_id uuid NOT NULL,
    PRIMARY KEY (claim_id, serial)
);

ALTER TABLE devices ADD COLUMN IF NOT EXISTS claim_id uuid;
"""


def upgrade() -> None:
    op.execute(CHANGES)
    create_counted_acts(op)
