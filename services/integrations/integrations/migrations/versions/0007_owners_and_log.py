"""Endpoints are one sender's at a time and can be verified; who did what for an integrator is kept."""

from alembic import op

from chassis.database.counted_acts import create_counted_acts
from chassis.database.migrations import create_index_concurrently

revision = "0007"
down_revision = "0006"

# `senders` are written every few seconds, `endpoint_senders` when endpoints change hands: both are in no row
# that a delivery writes. Of people who were let in by operators the name of these stood alone so far.
CHANGES = """
ALTER TABLE deliveries ADD COLUMN IF NOT EXISTS is_claimed boolean NOT NULL DEFAULT false;

CREATE TABLE IF NOT EXISTS senders (
    id          uuid PRIMARY KEY,
    instance    text,
    alive_until timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE IF NOT EXISTS endpoint_senders (
    endpoint_id uuid PRIMARY KEY REFERENCES endpoints ON DELETE CASCADE,
    sender_id   uuid NOT NULL REFERENCES senders ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS endpoint_senders_by_sender ON endpoint_senders (sender_id);

CREATE TABLE IF NOT EXISTS integrator_log (
    id            uuid PRIMARY KEY,
    integrator_id uuid NOT NULL REFERENCES integrators ON DELETE CASCADE,
    at            timestamptz NOT NULL,
    by            text NOT NULL,
    action        text NOT NULL,
    subject_id    uuid,
    label         text NOT NULL
);
CREATE INDEX IF NOT EXISTS integrator_log_newest ON integrator_log (integrator_id, id);
CREATE INDEX IF NOT EXISTS integrator_log_by_time ON integrator_log (at);

ALTER TABLE api_tokens ADD COLUMN IF NOT EXISTS made_by text;
ALTER TABLE endpoints ADD COLUMN IF NOT EXISTS made_by text;
ALTER TABLE endpoint_secrets ADD COLUMN IF NOT EXISTS made_by text;
ALTER TABLE kafka_users ADD COLUMN IF NOT EXISTS changed_by text;
UPDATE people SET added_by = 'operator ' || added_by
    WHERE added_by NOT LIKE 'person %' AND added_by NOT LIKE 'operator %';

ALTER TABLE integrators ADD COLUMN IF NOT EXISTS verifies_endpoints boolean NOT NULL DEFAULT false;
ALTER TABLE endpoints
    ADD COLUMN IF NOT EXISTS verified_at       timestamptz,
    ADD COLUMN IF NOT EXISTS challenged_at     timestamptz,
    ADD COLUMN IF NOT EXISTS challenge_outcome text;
"""
TESTS = "deliveries (endpoint_id, due_at) WHERE state = 'waiting' AND is_test"


def upgrade() -> None:
    op.execute(CHANGES)
    create_counted_acts(op)
    create_index_concurrently(op, "deliveries_tests", TESTS)
