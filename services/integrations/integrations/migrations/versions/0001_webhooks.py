"""Integrators, endpoints, events and their deliveries."""

from alembic import op

from chassis.database.migrations import upgrade_chassis

revision = "0001"
down_revision = None

# Deliveries refer to events and endpoints by value: a foreign key would look both up for each of them, and a
# row that loses its event or endpoint is cleaned away in small batches, not in the transaction that took it.
TABLES = """
CREATE TABLE partners (
    id       uuid PRIMARY KEY,
    tier     text,
    products text[] NOT NULL DEFAULT '{}'
);

CREATE TABLE integrators (
    id             uuid PRIMARY KEY,
    name           text NOT NULL UNIQUE,
    event_types    text[],
    partner_rule   text NOT NULL,
    partner_values text[] NOT NULL,
    sees_personal  boolean NOT NULL,
    created_at     timestamptz NOT NULL
);

CREATE TABLE api_tokens (
    id            uuid PRIMARY KEY,
    integrator_id uuid NOT NULL REFERENCES integrators ON DELETE CASCADE,
    hash          bytea NOT NULL UNIQUE,
    label         text NOT NULL,
    hint          text NOT NULL,
    created_at    timestamptz NOT NULL,
    revoked_at    timestamptz
);
CREATE INDEX api_tokens_by_integrator ON api_tokens (integrator_id);

CREATE TABLE endpoints (
    id              uuid PRIMARY KEY,
    integrator_id   uuid NOT NULL REFERENCES integrators ON DELETE CASCADE,
    url             text NOT NULL,
    description     text NOT NULL,
    event_types     text[],
    partner_rule    text NOT NULL,
    partner_values  text[] NOT NULL,
    filter          text,
    delivery_order  text NOT NULL,
    body            text NOT NULL,
    secret_kind     text NOT NULL,
    concurrency     integer NOT NULL,
    rate_per_second integer,
    state           text NOT NULL,
    state_reason    text,
    failing_since   timestamptz,
    held_until      timestamptz,
    created_at      timestamptz NOT NULL
);
CREATE INDEX endpoints_by_integrator ON endpoints (integrator_id, created_at);

CREATE TABLE endpoint_secrets (
    id          uuid PRIMARY KEY,
    endpoint_id uuid NOT NULL REFERENCES endpoints ON DELETE CASCADE,
    kind        text NOT NULL,
    key         bytea NOT NULL,
    public_key  text,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz
);
CREATE INDEX endpoint_secrets_by_endpoint ON endpoint_secrets (endpoint_id);

CREATE TABLE events (
    position      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    id            uuid NOT NULL UNIQUE,
    type          text NOT NULL,
    partner_id    uuid NOT NULL,
    attributes    text NOT NULL,
    data          text NOT NULL,
    impersonal    text,
    is_test       boolean NOT NULL DEFAULT false,
    received_at   timestamptz NOT NULL
);
CREATE INDEX events_by_time ON events (received_at);
CREATE INDEX events_by_partner ON events (partner_id);

CREATE TABLE deliveries (
    endpoint_id    uuid NOT NULL,
    event_position bigint NOT NULL,
    id             uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    event_id       uuid NOT NULL,
    event_type     text NOT NULL,
    partner_id     uuid NOT NULL,
    is_test        boolean NOT NULL DEFAULT false,
    state          text NOT NULL DEFAULT 'waiting',
    due_at         timestamptz,
    claims         integer NOT NULL DEFAULT 0,
    tries          integer NOT NULL DEFAULT 0,
    attempts       integer NOT NULL DEFAULT 0,
    last_outcome   text,
    last_status    integer,
    created_at     timestamptz NOT NULL,
    delivered_at   timestamptz,
    PRIMARY KEY (endpoint_id, event_position)
) WITH (fillfactor = 80);
CREATE INDEX deliveries_due ON deliveries (endpoint_id, due_at, event_position) WHERE state = 'waiting';
CREATE INDEX deliveries_in_lanes ON deliveries (endpoint_id, partner_id, event_position)
    WHERE state = 'waiting';
CREATE INDEX deliveries_by_event ON deliveries (event_position);

CREATE TABLE delivery_attempts (
    endpoint_id    uuid NOT NULL,
    event_position bigint NOT NULL,
    number         integer NOT NULL,
    at             timestamptz NOT NULL,
    duration_ms    integer NOT NULL,
    outcome        text NOT NULL,
    status         integer,
    answer         text NOT NULL,
    PRIMARY KEY (event_position, endpoint_id, number)
);

CREATE TABLE replays (
    id                 uuid PRIMARY KEY,
    integrator_id      uuid NOT NULL,
    endpoint_id        uuid NOT NULL REFERENCES endpoints ON DELETE CASCADE,
    since              timestamptz NOT NULL,
    until              timestamptz NOT NULL,
    event_types        text[],
    partner_id         uuid,
    only_undelivered   boolean NOT NULL,
    first              bigint NOT NULL,
    last               bigint NOT NULL,
    position           bigint NOT NULL,
    deliveries         bigint NOT NULL,
    state              text NOT NULL,
    created_at         timestamptz NOT NULL
);
CREATE INDEX replays_by_integrator ON replays (integrator_id, created_at);

CREATE FUNCTION partner_fits(rule text, wanted text[], id uuid, tier text, products text[])
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT coalesce(CASE rule
        WHEN 'all' THEN true
        WHEN 'tiers' THEN tier = ANY (wanted)
        WHEN 'products' THEN products && wanted
        WHEN 'named' THEN id::text = ANY (wanted)
    END, false)
$$;
"""


def upgrade() -> None:
    upgrade_chassis(op)
    op.execute(TABLES)
