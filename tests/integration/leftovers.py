"""Where in a database words still stand, in any column of any table."""

from collections.abc import Iterable

from sqlalchemy import Connection

TABLES = """
SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'
"""


def tables_with(connection: Connection, words: Iterable[str]) -> dict[str, set[str]]:
    """What of the words stands in a row of which table, in any case; bytes are read as text."""
    wanted = {word.casefold() for word in words}
    found: dict[str, set[str]] = {}
    for table in connection.exec_driver_sql(TABLES).scalars().all():
        for row in connection.exec_driver_sql(f"SELECT * FROM {table}"):  # noqa: S608 - asked for above
            text = " ".join(map(_text, row)).casefold()
            if there := {word for word in wanted if word in text}:
                found[table] = found.get(table, set()) | there
    return found


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
