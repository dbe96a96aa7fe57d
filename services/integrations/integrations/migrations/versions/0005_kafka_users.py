"""Integrators may have a user of Kafka."""

from alembic import op

revision = "0005"
down_revision = "0004"

TABLES = """
ALTER TABLE integrators ADD COLUMN uses_kafka boolean NOT NULL DEFAULT false;

CREATE TABLE kafka_users (
    integrator_id uuid PRIMARY KEY REFERENCES integrators ON DELETE CASCADE,
    generation    integer NOT NULL,
    state         text NOT NULL,
    credential    bytea,
    changed_at    timestamptz NOT NULL
);
"""


def upgrade() -> None:
    op.execute(TABLES)
