"""Run by Alembic: apply the revisions as the chassis wants it."""

from chassis.database.migrations.environment import run

run()
