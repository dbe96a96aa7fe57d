"""Alembic's environment."""

from chassis.database.migrations.environment import run

run()
