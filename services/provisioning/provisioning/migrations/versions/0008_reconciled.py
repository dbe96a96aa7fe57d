"""Grants know what was last observed outside of each step, and when to look again.

What was done counts as on, what was switched off as off, and what was begun or being switched as unknown:
the next act on it looks. Every grant that stands is looked at within a day, spread out; what is to be off at
once, since there are more brakes than before, and one stuck step no longer holds up the others. The indexes
follow in 0009.
"""

from alembic import op

revision = "0008"
down_revision = "0007"

CHANGES = """
UPDATE grants SET intent = CASE intent WHEN 'grant' THEN 'on' WHEN 'freeze' THEN 'frozen' ELSE 'off' END;
ALTER TABLE grants
    ADD COLUMN is_forced boolean NOT NULL DEFAULT false,
    ADD COLUMN look_at timestamptz,
    ADD COLUMN look_id uuid,
    ADD COLUMN looks_missed smallint NOT NULL DEFAULT 0,
    ADD COLUMN gives_back boolean NOT NULL DEFAULT false;
ALTER TABLE grants
    ALTER COLUMN is_forced DROP DEFAULT,
    ALTER COLUMN looks_missed DROP DEFAULT,
    ALTER COLUMN gives_back DROP DEFAULT;

ALTER TABLE grant_steps
    ADD COLUMN standing text NOT NULL DEFAULT 'unknown',
    ADD COLUMN differences jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN seen_at timestamptz,
    ADD COLUMN skipped_because text;
UPDATE grant_steps AS step SET
    standing = CASE
        WHEN progress IN ('waiting', 'undone') THEN 'absent'
        WHEN progress = 'begun' OR is_switching THEN 'unknown'
        -- The others were noted as frozen, too, but nothing was done to them outside.
        WHEN is_frozen AND step.name IN (
            'sandbox_unit', 'analytics_permission', 'crm_users', 'iot_certificate'
        ) THEN 'off'
        WHEN progress = 'outdated' THEN 'differs'
        ELSE 'on'
    END,
    differences = CASE WHEN progress = 'outdated' AND NOT is_frozen
        THEN '[{"code": "people_joined", "facts": {}}]'::jsonb ELSE '[]'::jsonb END;
ALTER TABLE grant_steps
    ALTER COLUMN standing DROP DEFAULT,
    ALTER COLUMN differences DROP DEFAULT,
    DROP COLUMN progress,
    DROP COLUMN is_frozen,
    DROP COLUMN is_switching;

UPDATE grants SET look_at = now() + CASE WHEN intent = 'on' THEN random() ELSE 0 END * interval '24 hours'
WHERE EXISTS (
    SELECT FROM grant_steps AS step WHERE step.grant_id = grants.grant_id AND step.standing <> 'absent'
);
"""


def upgrade() -> None:
    op.execute(CHANGES)
