"""The chassis's own tables, and how a service's Alembic folder is run.

A service's first revision ``<service>/migrations/versions/0001_<name>.py`` begins with::

    from alembic import op
    from chassis.database.migrations import upgrade_chassis
    def upgrade() -> None:
        upgrade_chassis(op)

`migrate(database_url, folder)` brings a database to the newest revision; it may run several times at once.
Later revisions find tables that are full and in use: they build indexes by `create_index_concurrently`.
"""

from importlib import resources

from procrastinate.schema import SchemaManager

from chassis.database.migrations.concurrent_index import Operations, create_index_concurrently
from chassis.database.migrations.migrate import WrongEncoding, migrate

__all__ = ["WrongEncoding", "create_index_concurrently", "migrate", "upgrade_chassis"]


# By version: what a later script leaves to be built while the services go on writing. Such a script is
# committed before, so a cut repeats it: whatever it does says IF NOT EXISTS.
LATER_INDEXES = {
    2: {"operator_actions_by_target": "operator_actions (target, id)"},
    3: {"dead_letters_that_wait": "dead_letters (consumer_group, topic, code, id) WHERE status = 'waiting'"},
    6: {"proposals_by_path": "proposals USING gin ((path::jsonb))"},
    7: {"jobs_that_failed": "procrastinate_jobs (id) WHERE status = 'failed'"},
    8: {
        "jobs_by_due_time": "procrastinate_jobs"
        " (priority, (coalesce(scheduled_at, '-infinity')), id) WHERE status = 'todo'"
    },
}


def upgrade_chassis(op: Operations, version: int = 1) -> None:
    """Bring the chassis's tables to ``version``, which is one higher than the last one applied.

    Version 1 makes the event backbone's tables and the job queue (Procrastinate's schema).
    """
    cursor = op.get_bind().connection.cursor()
    script = resources.files("chassis.database.migrations") / f"v{version:04}.sql"
    cursor.execute(script.read_text(encoding="utf-8"))
    if version == 1:
        cursor.execute(SchemaManager.get_schema())
    cursor.close()
    for name, on in LATER_INDEXES.get(version, {}).items():
        create_index_concurrently(op, name, on)
