"""`gangway databases FOLDER`: roles and databases for a PostgreSQL run by somebody else."""

import time
from pathlib import Path
from urllib.parse import quote

import click
import psycopg
from psycopg import pq

from local_stack.databases import close_shared_databases, ensure_database
from local_stack.port_plan import EVERY_SERVICE

_OTHER_KEYS = (
    "Its data was made with other keys: bring back the keys.json that belongs to it (in Compose: the volume "
    "keys-operator), or give up the data as well (docker compose down --volumes)."
)


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--host", required=True, help="Where PostgreSQL listens.")
@click.option("--port", type=int, default=5432, show_default=True)
@click.option(
    "--superuser", default="postgres", show_default=True, help="Whose superuser_password is in FOLDER."
)
@click.option(
    "--patience", type=float, default=60.0, show_default=True, help="Seconds to wait for PostgreSQL."
)
@click.option(
    "--dedicated", is_flag=True, help="Close PostgreSQL's own databases: nobody else uses this server."
)
def databases(
    folder: Path, host: str, port: int, superuser: str, patience: float, *, dedicated: bool
) -> None:
    """Make a role and a database for each service, with the passwords that `gangway keys` wrote to FOLDER.

    May be repeated: newly generated passwords replace the old ones.
    """
    password = quote((folder / "superuser_password").read_text(encoding="utf-8"), safe="")
    url = f"postgresql://{quote(superuser)}:{password}@{host}:{port}/postgres"
    _wait_until_it_listens(url, host, port, patience)
    try:
        for service in EVERY_SERVICE:
            ensure_database(
                url, service, service, (folder / f"{service}_password").read_text(encoding="utf-8")
            )
        if dedicated:
            close_shared_databases(url)
    except psycopg.OperationalError as error:
        raise click.ClickException(
            f"PostgreSQL at {host}:{port} refuses the superuser's password in {folder}. {_OTHER_KEYS} "
            f"PostgreSQL's words: {str(error).strip()}"
        ) from error
    click.echo(f"roles and databases are there: {', '.join(EVERY_SERVICE)}")


def _wait_until_it_listens(url: str, host: str, port: int, patience: float) -> None:
    """libpq's ping needs no password: it distinguishes an unreachable server from one that refuses us."""
    give_up = time.monotonic() + patience
    while pq.PGconn.ping(url.encode()) != pq.Ping.OK:
        if time.monotonic() > give_up:
            raise click.ClickException(
                f"No PostgreSQL accepts connections at {host}:{port} within {patience:.0f} s."
            )
        time.sleep(0.5)
