"""A database as it is after years: what one sign-up wrote, as often as is asked for, by SQL alone."""

from typing import Any

import psycopg
from psycopg import sql
from tests.benchmarks.servers import Servers

# By table, the columns that differ from partner to partner, each with its expression; `{}` is the column,
# `number` the partner. One value and one number give the same id wherever they stand.
_ID = "md5({}::text || number)::uuid"
_WORD = "{} || '-' || number"
_SUBJECT = "md5({}::text || number)::uuid::text"
_STATE = "(ARRAY['applied', 'active', 'in_review', 'offboarded'])[number %% 4 + 1]"
VARIED = {
    "partners": {
        "id": _ID,
        "state": _STATE,
        "registration_key": _WORD,
        "registration_without_court": _WORD,
        "contact_email": _WORD,
        "mail_domain": _WORD,
        "search_text": _WORD,
        "email_verified_at": "CASE WHEN number %% 4 <> 0 THEN now() END",
        "website_domain": "'website-' || number",
        "name_shape": "'name-' || number",
        "mailboxes": "ARRAY['mailbox-' || number]",
    },
    "members": {"id": _ID, "partner_id": _ID, "email": _WORD},
    "links": {"id": _ID, "partner_id": _ID},
    "timeline": {"partner_id": _ID, "event_id": _SUBJECT},
    "outbox_counters": {"subject": _SUBJECT},
    "outbox": {
        "event_id": _ID,
        "subject": _SUBJECT,
        "shard": "number %% 16",
        "published_at": "now()",
    },
    "idempotency_answers": {"key": _WORD, "subject": _SUBJECT},
}
_COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' AND is_identity = 'NO'
  AND coalesce(column_default, '') NOT LIKE 'nextval%%'
"""
_COPY = "INSERT INTO {} ({}) SELECT {} FROM {}, generate_series(%(first)s::int, %(last)s::int) AS number"
_LANES = """
INSERT INTO lanes (consumer_group, topic, subject, last_sequence)
SELECT 'earlier', 'earlier', md5(number::text)::uuid::text, 20
FROM generate_series(%(first)s::int, %(last)s::int) AS number
"""
_EFFECTS = """
INSERT INTO effects (subject, event_id, legal_name)
SELECT md5(number::text)::uuid::text, md5('event' || number)::uuid::text, 'Maschinenbau ' || number
FROM generate_series(%(first)s::int, %(last)s::int) AS number
"""


class ManyPartners:
    """Fills one database, which holds one sign-up and the table `effects`, up to more and more partners."""

    def __init__(self, servers: Servers, url: str) -> None:
        # As superuser, triggers and foreign keys can be left out.
        self._url = servers.postgres.url(url.rpartition("/")[2])
        self._count = 0
        with psycopg.connect(self._url) as connection:
            for table in VARIED:
                names = sql.Identifier(f"one_{table}"), sql.Identifier(table)
                connection.execute(sql.SQL("CREATE TABLE {} AS SELECT * FROM {}").format(*names))

    def grow(self, count: int) -> None:
        """Fill up to so many partners, with the rows, events, lanes and effects that belong to them."""
        values = {"first": self._count + 1, "last": count}
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("SET synchronous_commit = off")
            for table in VARIED:
                connection.execute(_copies(connection, table), values)
            connection.execute(_LANES, values)
            connection.execute(_EFFECTS, values)
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")
        self._count = count


def _copies(connection: psycopg.Connection[Any], table: str) -> sql.Composed:
    columns = [row[0] for row in connection.execute(_COLUMNS, (table,))]
    varied = VARIED[table]
    if missing := varied.keys() - set(columns):
        raise RuntimeError(f"{table} has no {', '.join(sorted(missing))}")
    values = [_expression(varied.get(column, "{}"), column) for column in columns]
    return sql.SQL(_COPY).format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(values),
        sql.Identifier(f"one_{table}"),
    )


def _expression(template: str, column: str) -> sql.Composed:
    return sql.SQL(template).format(sql.Identifier(column))
