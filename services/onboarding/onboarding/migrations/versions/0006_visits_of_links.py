"""A second click on a link's page is told from a second use of the link."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Keep which visit of its page used a link."""
    op.add_column("links", sa.Column("used_by_visit", sa.Uuid))
