"""Accounts of sandboxes are rows of their own; operators can say that nothing new is begun."""

from alembic import op

revision = "0014"
down_revision = "0013"

CHANGES = """
CREATE TABLE IF NOT EXISTS sandbox_accounts (
    account_key uuid PRIMARY KEY,
    account_id varchar UNIQUE,
    state varchar NOT NULL,
    wanted varchar NOT NULL,
    grant_id uuid UNIQUE,
    last_grant_id uuid,
    made_at timestamptz NOT NULL,
    leased_at timestamptz,
    returned_at timestamptz,
    cooldown_until timestamptz,
    rounds smallint NOT NULL,
    "left" jsonb NOT NULL,
    due_at timestamptz,
    attempt_id uuid,
    attempts integer NOT NULL,
    begun_at timestamptz,
    cause_code varchar,
    cause_message varchar,
    close_asked_at timestamptz,
    settled_by varchar,
    reason varchar
);
CREATE INDEX IF NOT EXISTS sandbox_accounts_by_state ON sandbox_accounts (state, account_key);
CREATE INDEX IF NOT EXISTS sandbox_accounts_due ON sandbox_accounts (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS sandbox_accounts_closed ON sandbox_accounts (close_asked_at)
WHERE close_asked_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS maintenance (
    began_at timestamptz NOT NULL,
    begun_by varchar NOT NULL,
    reason varchar NOT NULL
);
CREATE UNIQUE INDEX IF NOT EXISTS maintenance_once ON maintenance ((true));
-- The accounts that grants of before made, or are making: their addresses were made from the grants' ids.
INSERT INTO sandbox_accounts (
    account_key, account_id, state, wanted, grant_id, made_at, leased_at, rounds, "left", attempts
)
SELECT grants.grant_id, outputs ->> 'account_id',
    CASE
        WHEN outputs ->> 'account_id' IS NULL OR unit.standing IN ('absent', 'unknown') THEN 'making'
        WHEN grants.state = 'frozen' THEN 'frozen'
        ELSE 'leased'
    END,
    'leased', grants.grant_id, coalesce(lease_started_at, now()), lease_started_at, 0, '[]', 0
FROM grants
JOIN grant_steps AS account ON account.grant_id = grants.grant_id AND account.name = 'sandbox_account'
JOIN grant_steps AS unit ON unit.grant_id = grants.grant_id AND unit.name = 'sandbox_unit'
WHERE account.standing <> 'absent'
ON CONFLICT DO NOTHING;
"""


def upgrade() -> None:
    op.execute(CHANGES)
