-- In which role somebody acted, and the trace that leads to the logs. Older entries know neither.
ALTER TABLE operator_actions ADD COLUMN IF NOT EXISTS role text, ADD COLUMN IF NOT EXISTS trace_id text;
