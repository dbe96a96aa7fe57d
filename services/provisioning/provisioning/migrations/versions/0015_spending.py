"""What sandboxes cost: by looks at what runs, and by AWS's bills, each day that of whoever had the account.

Accounts of before had one grant each, from whenever they were made; their looks begin with the worker's
next minute.
"""

from alembic import op

revision = "0015"
down_revision = "0014"

CHANGES = """
CREATE TABLE IF NOT EXISTS spend_meters (
    grant_id uuid NOT NULL REFERENCES grants (grant_id),
    account_id varchar NOT NULL,
    began_at timestamptz NOT NULL,
    ended_at timestamptz,
    month date NOT NULL,
    counted_at timestamptz NOT NULL,
    estimated_usd numeric(18, 8) NOT NULL,
    usd_per_hour numeric(18, 8) NOT NULL,
    assumed varchar[] NOT NULL,
    usage_until timestamptz,
    more_usd numeric(12, 2) NOT NULL,
    acted_percent smallint NOT NULL,
    looked_at timestamptz,
    look_at timestamptz,
    failing_since timestamptz,
    failures smallint NOT NULL,
    cause_code varchar,
    cause_message varchar,
    PRIMARY KEY (grant_id, account_id)
);
CREATE UNIQUE INDEX IF NOT EXISTS spend_meters_one_open ON spend_meters (grant_id) WHERE ended_at IS NULL;
CREATE INDEX IF NOT EXISTS spend_meters_to_look_at ON spend_meters (look_at) WHERE look_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS spend_meters_by_account ON spend_meters (account_id, began_at);
CREATE TABLE IF NOT EXISTS spend_days (
    account_id varchar NOT NULL,
    day date NOT NULL,
    record_type varchar NOT NULL,
    usd numeric(22, 10) NOT NULL,
    PRIMARY KEY (account_id, day, record_type)
);
CREATE TABLE IF NOT EXISTS spend_accounts (
    account_id varchar PRIMARY KEY,
    read_at timestamptz,
    read_next_at timestamptz NOT NULL,
    failures smallint NOT NULL DEFAULT 0,
    cause_code varchar,
    cause_message varchar
);
CREATE INDEX IF NOT EXISTS spend_accounts_to_read ON spend_accounts (read_next_at);
-- Whose a day is: the grant that had the account on it, the later one where two share a day, or nobody's.
CREATE OR REPLACE VIEW spend_of_grants AS
SELECT day.account_id, day.day, day.record_type, day.usd, owner.grant_id
FROM spend_days AS day LEFT JOIN LATERAL (
    SELECT grant_id FROM spend_meters AS had
    WHERE had.account_id = day.account_id AND (had.began_at AT TIME ZONE 'UTC')::date <= day.day
        AND coalesce((had.ended_at AT TIME ZONE 'UTC')::date >= day.day, true)
    ORDER BY had.began_at DESC LIMIT 1
) AS owner ON true;
INSERT INTO spend_meters
SELECT grant_id, outputs ->> 'account_id', 'epoch', CASE WHEN state = 'revoked' THEN now() END,
    date_trunc('month', now() AT TIME ZONE 'UTC'), now(), 0, 0, '{}', NULL, 0, 0, NULL,
    CASE WHEN state <> 'revoked' THEN now() END, NULL, 0, NULL, NULL
FROM grants WHERE outputs ? 'account_id' AND parameters ? 'budget_usd_per_month'
ON CONFLICT DO NOTHING;
INSERT INTO spend_accounts (account_id, read_next_at)
SELECT DISTINCT account_id, now() FROM spend_meters
ON CONFLICT DO NOTHING;
"""


def upgrade() -> None:
    op.execute(CHANGES)
