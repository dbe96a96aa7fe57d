-- The envelope gate: whose a lane's newest numbers were, records to skip.

-- The last numbers noted, oldest first, twelve bytes each: the number, and four bytes made from the event's id.
ALTER TABLE lanes ADD COLUMN IF NOT EXISTS remembered bytea NOT NULL DEFAULT '';

-- Records that the consumer lays aside as dead letters when they come.
CREATE TABLE IF NOT EXISTS record_skips (
    consumer_group text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    reason text NOT NULL,
    PRIMARY KEY (consumer_group, topic, partition, record_offset)
);

-- The index "dead_letters_that_wait" takes its place.
DROP INDEX IF EXISTS dead_letters_waiting;
