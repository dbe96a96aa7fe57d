"""Databases and roles in any PostgreSQL whose administrator we are."""

import psycopg
from psycopg import sql


def ensure_database(administrator_url: str, name: str, owner: str, password: str) -> None:
    """Create the database and a role that may only own it.

    May be repeated; the role's password is set to the given one.
    """
    with psycopg.connect(administrator_url, autocommit=True, connect_timeout=10) as connection:
        role, database = sql.Identifier(owner), sql.Identifier(name)
        known = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (owner,)).fetchone()
        verb = sql.SQL("ALTER" if known is not None else "CREATE")
        secret = sql.Literal(password)
        connection.execute(sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, role, secret))
        if connection.execute("SELECT FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
            # An administrator who is not a superuser must be a member of a role to give it a database.
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(role))
            create = "CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0"
            connection.execute(sql.SQL(create).format(database, role))
        connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(database))


def close_shared_databases(administrator_url: str) -> None:
    """On our own server, only the administrator needs PostgreSQL's own databases."""
    with psycopg.connect(administrator_url, autocommit=True, connect_timeout=10) as connection:
        connection.execute("REVOKE CONNECT ON DATABASE postgres, template1 FROM PUBLIC")


def drop_database(administrator_url: str, name: str) -> None:
    """Drop a database, even with open connections; harmless if it does not exist."""
    with psycopg.connect(administrator_url, autocommit=True, connect_timeout=10) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
