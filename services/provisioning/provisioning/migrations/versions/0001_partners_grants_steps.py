"""Partners, their grants, and the steps of each grant."""

from alembic import op

from chassis.database.migrations import upgrade_chassis

revision = "0001"
down_revision = None

TABLES = """
-- What partner.approved told; profile is null for a partner of whom only the end was heard.
CREATE TABLE partners (
    partner_id   uuid PRIMARY KEY,
    profile      jsonb,
    access       text NOT NULL,
    switched_at  timestamptz
);

-- number orders the pages that operators read, and nothing else.
CREATE TABLE grants (
    grant_id       uuid PRIMARY KEY,
    number         bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
    partner_id     uuid NOT NULL REFERENCES partners,
    product        text NOT NULL,
    is_required    boolean NOT NULL,
    parameters     jsonb NOT NULL,
    state          text NOT NULL,
    intent         text NOT NULL,
    outputs        jsonb NOT NULL,
    collected_at   timestamptz,
    waiver_reason  text,
    UNIQUE (partner_id, product)
);
CREATE INDEX grants_by_state ON grants (state, number);

CREATE TABLE grant_steps (
    grant_id       uuid NOT NULL REFERENCES grants,
    position       smallint NOT NULL,
    name           text NOT NULL,
    progress       text NOT NULL,
    is_frozen      boolean NOT NULL,
    attempts       integer NOT NULL,
    attempt_id     uuid,
    begun_at       timestamptz,
    retry_at       timestamptz,
    is_stuck       boolean NOT NULL,
    cause_code     text,
    cause_message  text,
    PRIMARY KEY (grant_id, position)
) WITH (fillfactor = 70);
"""


def upgrade() -> None:
    """Make the chassis's tables and ours."""
    upgrade_chassis(op)
    op.execute(TABLES)
