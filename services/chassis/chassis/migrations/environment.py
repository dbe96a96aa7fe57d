"""What every service's ``migrations/env.py`` does: run on the connection that `migrate` opened."""

from alembic import context


def run() -> None:
    """Apply the revisions inside the transaction of `chassis.migrations.migrate`."""
    context.configure(connection=context.config.attributes["connection"])
    context.run_migrations()
