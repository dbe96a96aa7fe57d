"""Run by Alembic: apply the revisions as the chassis wants it."""

from chassis.migrations.environment import run

run()
