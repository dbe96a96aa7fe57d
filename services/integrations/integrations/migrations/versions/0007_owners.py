"""Each endpoint is one sender's at a time.

Revision ID: 0007
Revises: 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"

# `senders` are written every few seconds, `endpoint_senders` when endpoints change hands: both are in no row
# that a delivery writes.
CHANGES = """
ALTER TABLE deliveries ADD COLUMN is_claimed boolean NOT NULL DEFAULT false;

CREATE TABLE senders (
    id          uuid PRIMARY KEY,
    instance    text,
    alive_until timestamptz NOT NULL
) WITH (fillfactor = 50);

CREATE TABLE endpoint_senders (
    endpoint_id uuid PRIMARY KEY REFERENCES endpoints ON DELETE CASCADE,
    sender_id   uuid NOT NULL REFERENCES senders ON DELETE CASCADE
);
CREATE INDEX endpoint_senders_by_sender ON endpoint_senders (sender_id);
"""


def upgrade() -> None:
    op.execute(CHANGES)


def downgrade() -> None:
    raise NotImplementedError("Going back means restoring a backup.")
