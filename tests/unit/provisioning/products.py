"""The products that this repository's packages bring, and that need no settings."""

from provisioning.adapters.product_kinds import offered_products

PRODUCTS = {name: one.product for name, one in offered_products({}).items()}
