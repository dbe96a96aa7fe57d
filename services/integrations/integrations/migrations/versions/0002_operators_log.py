"""The operators' log knows roles and traces.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

from chassis.database.migrations import upgrade_chassis

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    upgrade_chassis(op, 2)
