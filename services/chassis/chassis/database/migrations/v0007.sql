-- Why jobs failed, which Procrastinate does not keep. Without a foreign key, for which each job that ends well
-- would be looked up here; the clean-up removes what is left of jobs that are gone.
CREATE TABLE IF NOT EXISTS job_failures (
    job_id bigint PRIMARY KEY,
    first_at timestamptz NOT NULL DEFAULT now(),
    last_at timestamptz NOT NULL DEFAULT now(),
    times integer NOT NULL DEFAULT 1,
    code text NOT NULL,
    message text NOT NULL
);
