"""The newest change of a partner's tier is known by its number, so that an older one cannot undo it.

A partner may have several grants of one product, each by the name of its entry in the catalogue.
"""

from alembic import op

from chassis.database.migrations import create_index_concurrently

revision = "0022"
down_revision = "0021"

COLUMNS = """
ALTER TABLE partners ADD COLUMN IF NOT EXISTS tier_sequence bigint NOT NULL DEFAULT 0;
ALTER TABLE grants ADD COLUMN IF NOT EXISTS entry_name varchar NOT NULL DEFAULT '';
"""


def upgrade() -> None:
    op.execute(COLUMNS)
    grants_of_partner = "grants (partner_id, product, entry_name)"
    create_index_concurrently(op, "grants_of_partner", grants_of_partner, unique=True)
    op.execute("ALTER TABLE grants DROP CONSTRAINT IF EXISTS grants_partner_id_product_key")
