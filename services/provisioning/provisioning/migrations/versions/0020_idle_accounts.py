"""Accounts without a grant are looked at for what they cost; bills of those that are over are read no more.

When the accounts of before ended is not known: their bills are read on for as long as if it was today.
"""

from alembic import op

revision = "0020"
down_revision = "0019"

CHANGES = """
ALTER TABLE sandbox_accounts ADD COLUMN IF NOT EXISTS ended_at timestamptz;
UPDATE sandbox_accounts SET ended_at = now() WHERE state IN ('closed', 'ejected') AND ended_at IS NULL;
CREATE TABLE IF NOT EXISTS idle_accounts (
    account_key uuid PRIMARY KEY REFERENCES sandbox_accounts (account_key),
    account_id varchar NOT NULL,
    look_at timestamptz NOT NULL,
    usd_per_hour numeric(18, 8) NOT NULL DEFAULT 0,
    failing_since timestamptz,
    cause_code varchar,
    cause_message varchar
);
CREATE INDEX IF NOT EXISTS idle_accounts_to_look_at ON idle_accounts (look_at);
"""


def upgrade() -> None:
    op.execute(CHANGES)
