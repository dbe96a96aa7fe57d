"""Passkeys of partners' contacts, and the challenges that are out."""

from alembic import op

revision = "0018"
down_revision = "0017"

TABLES = """
CREATE TABLE IF NOT EXISTS passkeys (
    id uuid PRIMARY KEY,
    partner_id uuid NOT NULL REFERENCES partners (id),
    member_id uuid NOT NULL,
    credential_id bytea NOT NULL UNIQUE,
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    name text NOT NULL,
    added_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE TABLE IF NOT EXISTS passkey_challenges (
    value bytea PRIMARY KEY,
    member_id uuid,
    expires_at timestamptz NOT NULL
);
CREATE INDEX IF NOT EXISTS ix_passkeys_partner_id ON passkeys (partner_id);
CREATE INDEX IF NOT EXISTS ix_passkeys_member_id ON passkeys (member_id);
CREATE INDEX IF NOT EXISTS passkey_challenges_by_end ON passkey_challenges (expires_at);
"""


def upgrade() -> None:
    op.execute(TABLES)
