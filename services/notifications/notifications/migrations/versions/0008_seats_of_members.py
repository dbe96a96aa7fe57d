"""Members know in which products they have a seat; the partner keeps what it has as a whole.

Everybody who had access was told of all that their partner had, so it is taken to be theirs.
Processes of the version before have to be stopped (docs/operations.md).
"""

from alembic import op

revision = "0008"
down_revision = "0007"

# Frozen copy of the products in which people have seats.
CHANGES = """
ALTER TABLE members ADD COLUMN IF NOT EXISTS products text[] NOT NULL DEFAULT '{}';
UPDATE members SET products = ARRAY(
    SELECT product FROM unnest(partners.granted_products) AS product
    WHERE product IN ('cloud_sandbox', 'analytics', 'crm')
) FROM partners WHERE partners.id = members.partner_id AND members.has_access AND NOT members.is_contact;
UPDATE partners SET granted_products = ARRAY(
    SELECT product FROM unnest(granted_products) AS product
    WHERE product NOT IN ('cloud_sandbox', 'analytics', 'crm')
);
"""


def upgrade() -> None:
    op.execute(CHANGES)
