"""Alembic's folder: the revisions of this service's database."""
