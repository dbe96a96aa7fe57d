"""What every service's ``migrations/env.py`` does: run on the connection that `migrate` opened."""

from alembic import context


def run() -> None:
    """Apply the revisions, each in a transaction of its own, so that some may leave theirs for a while."""
    context.configure(connection=context.config.attributes["connection"], transaction_per_migration=True)
    with context.begin_transaction():
        context.run_migrations()
