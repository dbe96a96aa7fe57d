"""Alembic's way in."""

from chassis.migrations.environment import run

run()
