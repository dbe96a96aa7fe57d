"""A PostgreSQL of its own for those rows where Debezium reads the write-ahead log."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

from tests.benchmarks.onboarding_service import environment
from tests.benchmarks.servers import Servers

from chassis.database.migrations import migrate
from local_stack.machine.ports import find_free_port
from local_stack.postgres import LocalPostgres
from onboarding.bootstrap import build_service


@contextmanager
def logical_postgres(servers: Servers) -> Iterator[LocalPostgres]:
    """The local stack's server and settings, and more in its log: `wal_level` costs those who need it not."""
    server = LocalPostgres(servers.new_folder("logical-postgres"), find_free_port(), secrets.token_urlsafe())
    server.prepare()
    with (server.data / "postgresql.conf").open("a") as settings:
        settings.write("wal_level = logical\n")
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def onboarding_outbox(postgres: LocalPostgres) -> Iterator[tuple[str, str]]:
    """Name and address of a migrated, empty database of onboarding, dropped at the end."""
    name = f"outbox_{uuid4().hex[:8]}"
    url = postgres.ensure_database(name, owner="bench", password="bench")
    service = build_service(environment(url))
    migrate(url, service.migrations)
    service.database.dispose()
    yield name, url
    postgres.drop_database(name)
