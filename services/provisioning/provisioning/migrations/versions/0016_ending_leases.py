"""Leases that end soon are found by their end."""

from alembic import op

from chassis.database.migrations import create_index_concurrently

revision = "0016"
down_revision = "0015"

ENDING = "grants (lease_ends_at) WHERE lease_ends_at IS NOT NULL AND NOT lease_is_expired AND intent <> 'off'"


def upgrade() -> None:
    create_index_concurrently(op, "grants_by_end", ENDING)
