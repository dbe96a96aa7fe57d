-- Subjects that were erased: whatever is told of them later has no effect.
CREATE TABLE IF NOT EXISTS erased_subjects (
    subject text PRIMARY KEY,
    erased_at timestamptz NOT NULL DEFAULT now(),
    -- The last row of the outbox that told of it before; those not sent yet go once they are. NULL: none is left.
    outbox_until bigint
);
CREATE INDEX IF NOT EXISTS erased_subjects_unfinished ON erased_subjects (erased_at) WHERE outbox_until IS NOT NULL;
-- Beside the table above: the row of a lane is locked anyway, so what was noted meanwhile is seen.
ALTER TABLE lanes ADD COLUMN IF NOT EXISTS is_erased boolean NOT NULL DEFAULT false;
