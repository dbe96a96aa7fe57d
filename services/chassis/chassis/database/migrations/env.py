"""Run by Alembic for every service: apply the revisions on the connection that `migrate` opened."""

from alembic import context

# Each in a transaction of its own, so that some may leave theirs for a while.
context.configure(connection=context.config.attributes["connection"], transaction_per_migration=True)
with context.begin_transaction():
    context.run_migrations()
