"""Adapters to what provisioning uses: PostgreSQL, AWS, CRMs, HTTP APIs."""
