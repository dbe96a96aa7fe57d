"""Alembic's way in."""

from chassis.database.migrations.environment import run

run()
