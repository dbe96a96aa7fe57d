-- In which role somebody acted, and the trace that leads to the logs. Older entries know neither.
ALTER TABLE operator_actions ADD COLUMN role text, ADD COLUMN trace_id text;
CREATE INDEX operator_actions_by_target ON operator_actions (target, id);
