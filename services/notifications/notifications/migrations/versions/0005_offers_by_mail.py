"""The offers of a mail are found by an index.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

from chassis.migrations import create_index_concurrently

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    create_index_concurrently(op, "invitations_by_message", "invitations (message_id)")
