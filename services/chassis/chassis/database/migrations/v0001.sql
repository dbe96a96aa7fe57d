-- The event backbone of one service: outbox, lanes, parked events, dead letters, audit.

-- The counter of a (topic, subject), which is also the lock that orders commits.
CREATE TABLE outbox_counters (
    topic text NOT NULL,
    subject text NOT NULL,
    last_sequence bigint NOT NULL,
    PRIMARY KEY (topic, subject)
) WITH (fillfactor = 70);

-- Events to send and, until clean-up, events that were sent. Rows of one subject get their position after
-- its counter was locked, so position orders the rows of a subject; it orders nothing else.
-- record_headers is set for copies of dead letters only: they are sent as they came.
CREATE TABLE outbox (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event_id uuid NOT NULL,
    topic text NOT NULL,
    subject text NOT NULL,
    sequence bigint NOT NULL,
    shard smallint NOT NULL,
    type text NOT NULL,
    dataschema text,
    source text NOT NULL,
    occurred_at timestamptz NOT NULL,
    traceparent text,
    data bytea,
    record_key bytea,
    record_headers json,
    published_at timestamptz
);
CREATE INDEX outbox_unpublished ON outbox (shard, position) WHERE published_at IS NULL;
CREATE INDEX outbox_published ON outbox (published_at) WHERE published_at IS NOT NULL;
CREATE UNIQUE INDEX outbox_of_subject ON outbox (subject, topic, sequence);

-- The cluster that each shard was last sent to: a new one needs what is retained again.
CREATE TABLE outbox_shards (
    shard smallint PRIMARY KEY,
    cluster_id text NOT NULL
);

-- What a consumer group has seen of one subject on one topic. While parked, events queue in parked_events.
CREATE TABLE lanes (
    consumer_group text NOT NULL,
    topic text NOT NULL,
    subject text NOT NULL,
    last_sequence bigint NOT NULL DEFAULT 0,
    hole_count integer NOT NULL DEFAULT 0,
    is_parked boolean NOT NULL DEFAULT false,
    parked_at timestamptz,
    attempts integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    cause_code text,
    cause_message text,
    PRIMARY KEY (consumer_group, topic, subject)
) WITH (fillfactor = 70);
CREATE INDEX lanes_parked ON lanes (parked_at) WHERE is_parked;
CREATE INDEX lanes_of_subject ON lanes (subject);

-- Numbers that were jumped over; one that arrives late is still taken, once.
CREATE TABLE lane_holes (
    consumer_group text NOT NULL,
    topic text NOT NULL,
    subject text NOT NULL,
    first_missing bigint NOT NULL,
    last_missing bigint NOT NULL,
    found_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer_group, topic, subject, first_missing)
);

-- Records exactly as they came; headers as [name, value in Latin-1] pairs, which keeps every byte.
CREATE TABLE parked_events (
    position bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer_group text NOT NULL,
    topic text NOT NULL,
    subject text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    record_timestamp_ms bigint NOT NULL,
    record_key bytea,
    record_value bytea,
    record_headers json NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX parked_events_of_lane ON parked_events (consumer_group, topic, subject, position);
CREATE INDEX parked_events_of_subject ON parked_events (subject);

CREATE TABLE dead_letters (
    id uuid PRIMARY KEY,
    consumer_group text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    record_offset bigint NOT NULL,
    record_timestamp_ms bigint NOT NULL,
    record_key bytea,
    record_value bytea,
    record_headers json NOT NULL,
    record_digest bytea NOT NULL,
    event_id text,
    event_type text,
    subject text,
    sequence bigint,
    code text NOT NULL,
    message text NOT NULL,
    status text NOT NULL DEFAULT 'waiting' CHECK (status IN ('waiting', 'replayed', 'discarded')),
    dead_at timestamptz NOT NULL DEFAULT now(),
    replay_attempts integer NOT NULL DEFAULT 0,
    last_replay_failure text,
    settled_at timestamptz,
    settled_by text,
    settled_reason text
);
-- A record that comes again after a crash is the same dead letter; a new cluster reuses offsets, hence the digest.
CREATE UNIQUE INDEX dead_letters_of_record
    ON dead_letters (consumer_group, topic, partition, record_offset, record_digest);
CREATE INDEX dead_letters_waiting ON dead_letters (dead_at) WHERE status = 'waiting';
CREATE INDEX dead_letters_of_subject ON dead_letters (subject);

-- Events of producers that do not number theirs are known by source and id (CloudEvents 1.0, "id").
CREATE TABLE seen_events (
    consumer_group text NOT NULL,
    source text NOT NULL,
    event_id text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (consumer_group, source, event_id)
);

-- How many dead letters a partition gave in a row and in the present window; stopped_at until an operator clears it.
CREATE TABLE flood_gauges (
    consumer_group text NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    run_length integer NOT NULL DEFAULT 0,
    window_events integer NOT NULL DEFAULT 0,
    window_dead integer NOT NULL DEFAULT 0,
    stopped_at timestamptz,
    stopped_because text,
    PRIMARY KEY (consumer_group, topic, partition)
);

-- What operators did to events: who, what, why, with which outcome.
CREATE TABLE operator_actions (
    id uuid PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT now(),
    actor text NOT NULL,
    action text NOT NULL,
    target text NOT NULL,
    reason text,
    outcome text NOT NULL
);
CREATE INDEX operator_actions_at ON operator_actions (at);

-- First answers to POSTs with an Idempotency-Key: kept for a day, without personal data.
CREATE TABLE idempotency_answers (
    scope text NOT NULL,
    principal text NOT NULL,
    key text NOT NULL,
    request_digest bytea NOT NULL,
    status smallint NOT NULL,
    body json NOT NULL,
    subject text,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (scope, principal, key)
);
CREATE INDEX idempotency_answers_expiry ON idempotency_answers (expires_at);
CREATE INDEX idempotency_answers_of_subject ON idempotency_answers (subject) WHERE subject IS NOT NULL;
