"""Partners and people, messages, invitations and their links."""

from alembic import op

from chassis.database.migrations import upgrade_chassis

revision = "0001"
down_revision = None

TABLES = """
CREATE TABLE partners (
    id                 uuid PRIMARY KEY,
    standing           text NOT NULL,
    legal_name         text,
    partner_type       text,
    tier               text,
    lifecycle_sequence bigint NOT NULL DEFAULT 0
);

CREATE TABLE members (
    partner_id          uuid NOT NULL REFERENCES partners ON DELETE CASCADE,
    id                  uuid NOT NULL,
    given_name          text NOT NULL,
    family_name         text NOT NULL,
    email               text NOT NULL,
    language            text NOT NULL,
    is_contact          boolean NOT NULL,
    wants_learning_mail boolean NOT NULL DEFAULT true,
    PRIMARY KEY (partner_id, id)
);

CREATE TABLE invitations (
    id          uuid PRIMARY KEY,
    partner_id  uuid NOT NULL REFERENCES partners ON DELETE CASCADE,
    member_id   uuid NOT NULL,
    path        text NOT NULL,
    language    text NOT NULL,
    state       text NOT NULL,
    link_id     uuid NOT NULL,
    expires_at  timestamptz NOT NULL,
    created_at  timestamptz NOT NULL,
    sent_at     timestamptz,
    accepted_at timestamptz,
    UNIQUE (partner_id, member_id, path)
);

CREATE TABLE links (
    id            uuid PRIMARY KEY,
    invitation_id uuid NOT NULL REFERENCES invitations ON DELETE CASCADE,
    burnt_at      timestamptz
);
CREATE INDEX links_by_invitation ON links (invitation_id);

CREATE TABLE messages (
    id              uuid PRIMARY KEY,
    partner_id      uuid NOT NULL REFERENCES partners ON DELETE CASCADE,
    member_id       uuid NOT NULL,
    kind            text NOT NULL,
    occasion        text NOT NULL,
    state           text NOT NULL,
    facts           jsonb NOT NULL,
    link_id         uuid,
    link_purpose    text,
    link_expires_at timestamptz,
    invitation_id   uuid REFERENCES invitations ON DELETE CASCADE,
    attempts        integer NOT NULL DEFAULT 0,
    doubts          integer NOT NULL DEFAULT 0,
    code            text,
    cause           text,
    planned_at      timestamptz NOT NULL,
    retry_at        timestamptz,
    sent_at         timestamptz,
    transport       text,
    transport_id    text,
    UNIQUE (occasion, kind, member_id)
);
CREATE INDEX messages_by_partner ON messages (partner_id, planned_at);
"""


def upgrade() -> None:
    upgrade_chassis(op)
    op.execute(TABLES)
