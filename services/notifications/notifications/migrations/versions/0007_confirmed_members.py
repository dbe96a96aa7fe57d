"""People confirm that they belong to a partner, and hear of access once theirs is there.

Everybody who is here was a member by the rules of before, and heard of access with the partner, or will:
the defaults say so.
"""

from alembic import op

revision = "0007"
down_revision = "0006"

CHANGES = """
ALTER TABLE members
    ADD COLUMN IF NOT EXISTS membership text NOT NULL DEFAULT 'confirmed',
    ADD COLUMN IF NOT EXISTS has_access boolean NOT NULL DEFAULT true;
ALTER TABLE partners ADD COLUMN IF NOT EXISTS granted_products text[] NOT NULL DEFAULT '{}';
"""
# What a partner's people were told that they can use.
PRODUCTS = """
UPDATE partners SET granted_products = told.products FROM (
    SELECT partner_id, array_agg(DISTINCT product ->> 'product') AS products
    FROM messages, jsonb_array_elements(facts -> 'products') AS product
    WHERE kind = 'access_ready' AND product ->> 'state' = 'granted'
    GROUP BY partner_id
) AS told WHERE told.partner_id = partners.id AND granted_products = '{}';
"""


def upgrade() -> None:
    op.execute(CHANGES)
    op.execute(PRODUCTS)
