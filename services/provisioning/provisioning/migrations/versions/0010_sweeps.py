"""Sweeps list what stands outside; what no grant answers for is a finding."""

from alembic import op

revision = "0010"
down_revision = "0009"

CHANGES = """
CREATE TABLE sweeps (
    sweep_id uuid PRIMARY KEY,
    kinds varchar[] NOT NULL,
    started_at timestamptz NOT NULL,
    started_by varchar,
    reason varchar,
    done smallint NOT NULL,
    cursor varchar,
    is_listed boolean NOT NULL,
    failures smallint NOT NULL,
    next_at timestamptz,
    things_seen integer NOT NULL,
    left_out jsonb NOT NULL,
    ended_at timestamptz
);
CREATE UNIQUE INDEX sweeps_one_at_a_time ON sweeps ((true)) WHERE ended_at IS NULL;
CREATE INDEX sweeps_by_start ON sweeps (started_at);
CREATE TABLE findings (
    finding_id uuid PRIMARY KEY,
    kind varchar NOT NULL,
    product varchar NOT NULL,
    outside_id varchar NOT NULL,
    label varchar NOT NULL,
    partner_id uuid,
    grant_id uuid,
    first_seen_at timestamptz NOT NULL,
    last_seen_at timestamptz NOT NULL,
    sweep_id uuid NOT NULL,
    state varchar NOT NULL,
    kept_for uuid,
    settled_at timestamptz,
    settled_by varchar,
    reason varchar,
    cause_code varchar,
    cause_message varchar,
    is_told boolean NOT NULL,
    UNIQUE (kind, outside_id)
);
CREATE INDEX findings_by_state ON findings (state, finding_id);
-- The schedule begins now: its first sweep is due a whole period later.
INSERT INTO sweeps (
    sweep_id, kinds, started_at, reason, done, is_listed, failures, things_seen, left_out, ended_at
) VALUES (gen_random_uuid(), '{}', now(), 'The schedule begins.', 0, false, 0, 0, '{}', now());
"""


def upgrade() -> None:
    op.execute(CHANGES)
