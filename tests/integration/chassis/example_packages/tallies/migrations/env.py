"""Alembic's environment."""

from chassis.migrations.environment import run

run()
