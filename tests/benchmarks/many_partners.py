"""A database as it is after years: what one sign-up wrote, as often as is asked for, by SQL alone."""

from collections.abc import Mapping, Sequence
from typing import Any, LiteralString

import psycopg
from psycopg import sql
from tests.benchmarks.servers import Servers

Varied = Mapping[str, Mapping[str, LiteralString]]
# By table, the columns that differ from partner to partner, each with its expression; `{}` is the column,
# `ordinal` the partner. One value and one ordinal give the same id wherever they stand.
_ID = "md5({}::text || ordinal)::uuid"
_WORD = "{} || '-' || ordinal"
_SUBJECT = "md5({}::text || ordinal)::uuid::text"
_STATE = "(ARRAY['applied', 'active', 'in_review', 'offboarded'])[ordinal %% 4 + 1]"
VARIED: Varied = {
    "partners": {
        "id": _ID,
        "state": _STATE,
        "registration_key": _WORD,
        "registration_without_court": _WORD,
        "contact_email": _WORD,
        "mail_domain": _WORD,
        "search_text": _WORD,
        "email_verified_at": "CASE WHEN ordinal %% 4 <> 0 THEN now() END",
        "website_domain": "'website-' || ordinal",
        "name_shape": "'name-' || ordinal",
        "mailboxes": "ARRAY['mailbox-' || ordinal]",
    },
    "members": {"id": _ID, "partner_id": _ID, "email": _WORD},
    "links": {"id": _ID, "partner_id": _ID},
    "timeline": {"partner_id": _ID, "event_id": _SUBJECT},
    "outbox_counters": {"subject": _SUBJECT},
    "outbox": {
        "event_id": _ID,
        "subject": _SUBJECT,
        "shard": "ordinal %% 16",
        "published_at": "now()",
    },
    "idempotency_answers": {"key": _WORD, "subject": _SUBJECT},
}
_COLUMNS = """
SELECT column_name FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = %s AND is_generated = 'NEVER' AND is_identity = 'NO'
  AND coalesce(column_default, '') NOT LIKE 'nextval%%'
"""
_COPY = "INSERT INTO {} ({}) SELECT {} FROM {}, generate_series(%(first)s::int, %(last)s::int) AS ordinal"
_LANES = """
INSERT INTO lanes (consumer_group, topic, subject, last_sequence)
SELECT 'earlier', 'earlier', md5(ordinal::text)::uuid::text, 20
FROM generate_series(%(first)s::int, %(last)s::int) AS ordinal
"""
_EFFECTS = """
INSERT INTO effects (subject, event_id, legal_name)
SELECT md5(ordinal::text)::uuid::text, md5('event' || ordinal)::uuid::text, 'Maschinenbau ' || ordinal
FROM generate_series(%(first)s::int, %(last)s::int) AS ordinal
"""


class ManyPartners:
    """Fills one database, which holds one of each, up to more and more partners.

    ``varied`` says how the rows of its tables differ, ``beside`` what else is written then: by default what
    onboarding has after one sign-up, with the table `effects`.
    """

    def __init__(
        self,
        servers: Servers,
        url: str,
        varied: Varied = VARIED,
        beside: Sequence[LiteralString] = (_LANES, _EFFECTS),
    ) -> None:
        # As superuser, triggers and foreign keys can be left out.
        self._url = servers.postgres.url(url.rpartition("/")[2])
        self._count = 0
        self._varied, self._beside = varied, beside
        with psycopg.connect(self._url) as connection:
            for table in varied:
                names = sql.Identifier(f"one_{table}"), sql.Identifier(table)
                connection.execute(sql.SQL("CREATE TABLE {} AS SELECT * FROM {}").format(*names))

    def grow(self, count: int) -> None:
        """Fill up to so many partners, with the rows, events, lanes and effects that belong to them."""
        values = {"first": self._count + 1, "last": count}
        with psycopg.connect(self._url, autocommit=True) as connection:
            connection.execute("SET session_replication_role = replica")
            connection.execute("SET synchronous_commit = off")
            for table, columns in self._varied.items():
                connection.execute(_copies(connection, table, columns), values)
            for statement in self._beside:
                connection.execute(statement, values)
            connection.execute("VACUUM ANALYZE")
            connection.execute("CHECKPOINT")
        self._count = count


def _copies(
    connection: psycopg.Connection[Any], table: str, varied: Mapping[str, LiteralString]
) -> sql.Composed:
    columns = [row[0] for row in connection.execute(_COLUMNS, (table,))]
    if missing := varied.keys() - set(columns):
        raise RuntimeError(f"{table} has no {', '.join(sorted(missing))}")
    values = [_expression(varied.get(column, "{}"), column) for column in columns]
    return sql.SQL(_COPY).format(
        sql.Identifier(table),
        sql.SQL(", ").join(map(sql.Identifier, columns)),
        sql.SQL(", ").join(values),
        sql.Identifier(f"one_{table}"),
    )


def _expression(template: LiteralString, column: str) -> sql.Composed:
    return sql.SQL(template).format(sql.Identifier(column))
