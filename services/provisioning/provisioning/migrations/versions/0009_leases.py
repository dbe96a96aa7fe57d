"""The time of a grant runs out; a grant may be switched off for several reasons at once.

What was switched off before was so by a suspension. Leases of what is granted begin now: until now nobody
was told an end.
"""

from alembic import op

from chassis.database.migrations import create_index_concurrently

revision = "0009"
down_revision = "0008"

CHANGES = """
ALTER TABLE grants
    ADD COLUMN IF NOT EXISTS frozen_for varchar[] NOT NULL DEFAULT '{}',
    ADD COLUMN IF NOT EXISTS lease_started_at timestamptz,
    ADD COLUMN IF NOT EXISTS lease_ends_at timestamptz,
    ADD COLUMN IF NOT EXISTS lease_warned_days smallint,
    ADD COLUMN IF NOT EXISTS lease_is_expired boolean NOT NULL DEFAULT false,
    ADD COLUMN IF NOT EXISTS lease_due_at timestamptz,
    ADD COLUMN IF NOT EXISTS was_granted boolean NOT NULL DEFAULT false;
ALTER TABLE grants
    ALTER COLUMN frozen_for DROP DEFAULT,
    ALTER COLUMN lease_is_expired DROP DEFAULT,
    ALTER COLUMN was_granted DROP DEFAULT;
UPDATE grants SET was_granted = true WHERE state IN ('granted', 'frozen');
UPDATE grants SET frozen_for = '{suspension}' WHERE intent = 'frozen';
UPDATE grants SET
    lease_started_at = now(),
    lease_ends_at = now() + (parameters ->> 'lease_days')::int * interval '24 hours',
    -- The nearest warning that comes too late for so short a lease counts as told.
    lease_warned_days = (
        SELECT min(days) FROM unnest(ARRAY[30, 7, 1]) AS days WHERE days >= (parameters ->> 'lease_days')::int
    )
WHERE lease_ends_at IS NULL AND parameters ? 'lease_days' AND intent <> 'off'
    AND state IN ('granted', 'frozen');
UPDATE grants SET lease_due_at = lease_ends_at - interval '24 hours' * coalesce((
    SELECT max(days) FROM unnest(ARRAY[30, 7, 1]) AS days WHERE days < coalesce(lease_warned_days, 3651)
), 0)
WHERE lease_ends_at IS NOT NULL;
"""


def upgrade() -> None:
    op.execute(CHANGES)
    create_index_concurrently(op, "grants_by_lease", "grants (lease_due_at) WHERE lease_due_at IS NOT NULL")
    create_index_concurrently(op, "grants_to_look_at", "grants (look_at) WHERE look_at IS NOT NULL")
    create_index_concurrently(op, "grant_steps_stuck", "grant_steps (grant_id) WHERE is_stuck")
