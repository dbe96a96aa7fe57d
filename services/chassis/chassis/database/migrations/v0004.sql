-- Acts that wait for a second person; the log says who confirmed what was done.
CREATE TABLE IF NOT EXISTS proposals (
    id uuid PRIMARY KEY,
    -- The row in the table of roles, and what it was called with.
    endpoint text NOT NULL,
    path json NOT NULL,
    body json NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    reason text NOT NULL,
    -- A digest of what the proposer saw: confirmed is only what is still so.
    rests_on bytea NOT NULL,
    proposed_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    proposed_by text NOT NULL,
    -- A digest of who that is, and the id of a machine's token, which may be revoked meanwhile.
    proposer bytea NOT NULL,
    token_id text,
    state text NOT NULL DEFAULT 'waiting',
    settled_at timestamptz,
    settled_by text,
    settled_reason text
);
CREATE UNIQUE INDEX IF NOT EXISTS proposals_that_wait ON proposals (endpoint, target) WHERE state = 'waiting';
ALTER TABLE operator_actions ADD COLUMN IF NOT EXISTS confirmed_by text;
