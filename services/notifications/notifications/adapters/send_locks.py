"""One sender per message at a time, by PostgreSQL's advisory locks, which die with their process."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from chassis.database.pool import Database

# Any number that nobody else in this database uses as the class of an advisory lock.
LOCK_CLASS = 7_218_100


class AdvisorySendLocks:
    """The `SendLocks` port; keeps one connection, but no transaction, while a mail is handed over."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def hold(self, message_id: UUID) -> Iterator[bool]:
        key = int.from_bytes(message_id.bytes[-4:], "big", signed=True)
        with self._database.engine.connect() as connection:
            connection.execution_options(isolation_level="AUTOCOMMIT")
            question = "SELECT pg_try_advisory_lock(%s, %s)"
            is_ours = bool(connection.exec_driver_sql(question, (LOCK_CLASS, key)).scalar_one())
            try:
                yield is_ours
            finally:
                if is_ours:
                    connection.exec_driver_sql("SELECT pg_advisory_unlock(%s, %s)", (LOCK_CLASS, key))
