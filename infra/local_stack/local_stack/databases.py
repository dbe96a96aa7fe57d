"""Databases and roles in any PostgreSQL whose administrator we may be."""

import psycopg
from psycopg import sql


def ensure_database(administrator_url: str, name: str, owner: str, password: str) -> None:
    """Make a role that may do nothing but own this one database, and the database.

    May be repeated; the role's password becomes the one given.
    """
    with psycopg.connect(administrator_url, autocommit=True, connect_timeout=10) as connection:
        role, database = sql.Identifier(owner), sql.Identifier(name)
        known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (owner,)).fetchone()
        verb = sql.SQL("ALTER" if known is not None else "CREATE")
        secret = sql.Literal(password)
        connection.execute(sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, role, secret))
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
            # An administrator that is no superuser must be a member to give a database away.
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
            create = "CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0"
            connection.execute(sql.SQL(create).format(database, role))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))


def close_shared_databases(administrator_url: str) -> None:
    """On a server of our own only the administrator has anything to do in PostgreSQL's own databases."""
    with psycopg.connect(administrator_url, autocommit=True, connect_timeout=10) as connection:
        connection.execute("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC")


def drop_database(administrator_url: str, name: str) -> None:
    """Drop a database, also under open connections; harmless when it is not there."""
    with psycopg.connect(administrator_url, autocommit=True, connect_timeout=10) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
