"""Replays and test sends are counted, the log is found by type and result, the erased stay forgotten."""

from alembic import op

from chassis.database.migrations import create_index_concurrently

revision = "0006"
down_revision = "0005"

# The id of an erased partner stays: what is told of it later must not be kept again.
CHANGES = """
ALTER TABLE partners ADD COLUMN IF NOT EXISTS erased_at timestamptz;

CREATE TABLE IF NOT EXISTS quota_uses (
    integrator_id uuid NOT NULL REFERENCES integrators ON DELETE CASCADE,
    act           text NOT NULL,
    since         timestamptz NOT NULL,
    used          integer NOT NULL,
    PRIMARY KEY (integrator_id, act)
);

ALTER TABLE replays
    ADD COLUMN IF NOT EXISTS filter text,
    ADD COLUMN IF NOT EXISTS events_total bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS events_done bigint NOT NULL DEFAULT 0,
    ADD COLUMN IF NOT EXISTS under_way bigint NOT NULL DEFAULT 0;
"""
INDEXES = {
    "partners_erased": "partners (erased_at) WHERE erased_at IS NOT NULL",
    "replays_by_time": "replays (created_at)",
    "replays_by_endpoint": "replays (endpoint_id)",
    "deliveries_by_type": "deliveries (endpoint_id, event_type, event_position)",
    "deliveries_done": "deliveries (endpoint_id, state, event_position) WHERE state <> 'waiting'",
}


def upgrade() -> None:
    op.execute(CHANGES)
    for name, on in INDEXES.items():
        create_index_concurrently(op, name, on)
