"""People sign in by links in mails, and hear of endpoints that fail."""

from alembic import op

revision = "0004"
down_revision = "0003"

TABLES = """
CREATE TABLE people (
    id            uuid PRIMARY KEY,
    integrator_id uuid NOT NULL REFERENCES integrators ON DELETE CASCADE,
    name          text NOT NULL,
    email         text NOT NULL,
    mailbox       text NOT NULL,
    language      text NOT NULL,
    added_by      text NOT NULL,
    added_at      timestamptz NOT NULL,
    UNIQUE (integrator_id, mailbox)
);
CREATE INDEX people_by_mailbox ON people (mailbox);

CREATE TABLE link_requests (
    id           uuid PRIMARY KEY,
    mailbox      text NOT NULL,
    requested_at timestamptz NOT NULL
);

CREATE TABLE sign_in_links (
    id            uuid PRIMARY KEY,
    person_id     uuid NOT NULL REFERENCES people ON DELETE CASCADE,
    created_at    timestamptz NOT NULL,
    expires_at    timestamptz NOT NULL,
    used_at       timestamptz,
    used_by_visit uuid
);
CREATE INDEX sign_in_links_by_person ON sign_in_links (person_id, created_at);

CREATE TABLE ended_sessions (
    id        uuid PRIMARY KEY,
    forget_at timestamptz NOT NULL
);

ALTER TABLE endpoints
    ADD COLUMN warned_since     timestamptz,
    ADD COLUMN warnings         integer NOT NULL DEFAULT 0,
    ADD COLUMN is_told_disabled boolean NOT NULL DEFAULT false;
UPDATE endpoints SET is_told_disabled = true WHERE state = 'disabled';
"""


def upgrade() -> None:
    op.execute(TABLES)
