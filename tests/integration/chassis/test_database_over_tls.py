"""PostgreSQL by ``sslmode=verify-full``: every way into it checks who answers, and says what is wrong.

The wheel's PostgreSQL is built without TLS, so these need the machine's own programs.
"""

import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text
from tests.integration.chassis.test_kafka_certificates import TODAY, certificate

from chassis.database.jobs import build_jobs_app
from chassis.database.migrations import migrate
from chassis.database.pool import make_engine
from chassis.service import Service
from local_stack import postgres
from local_stack.machine.ports import find_free_port
from local_stack.postgres import LocalPostgres

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))
pytestmark = pytest.mark.skipif(not PROGRAMS, reason="no PostgreSQL with TLS in /usr/lib/postgresql")


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalPostgres]:
    """A server that shows a certificate for 127.0.0.1; it takes no connection from elsewhere."""
    monkeypatch.setattr(postgres, "_program", PROGRAMS[-1].with_name)
    running = LocalPostgres(tmp_path / "server", find_free_port(), "superuser", throwaway=True)
    running.prepare()
    shown = certificate(tmp_path, "shown", address="127.0.0.1", ends_at=TODAY + timedelta(days=9))
    key = running.data / "server.pem"
    key.write_bytes(shown.read_bytes())
    key.chmod(0o600)
    running.runner.own(key)
    running._settings |= {"ssl": "on", "ssl_cert_file": str(key), "ssl_key_file": str(key)}
    running.start()
    yield running
    running.stop()


def test_every_way_into_the_database_checks_the_certificate(
    server: LocalPostgres, tmp_path: Path, service: Service
) -> None:
    plain = server.ensure_database("shop", "shop", "secret")
    url = f"{plain}?sslmode=verify-full&sslrootcert={tmp_path / 'shown.pem'}"
    migrate(url, service.migrations)
    engine = make_engine(url)
    with engine.connect() as connection:
        asked = text("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
        assert connection.execute(asked).scalar_one()
    engine.dispose()
    with psycopg.connect(url) as direct:
        assert direct.execute("SELECT count(*) FROM outbox").fetchone() == (0,)

    async def look() -> bool:
        async with build_jobs_app(url).open_async() as jobs:
            return bool(await jobs.check_connection_async())

    assert asyncio.run(look())
    other = certificate(tmp_path, "other", address="127.0.0.1", ends_at=TODAY + timedelta(days=9))
    for wrong, told in (
        (url.replace("shown.pem", other.name), "certificate verify failed"),
        (url.replace("127.0.0.1", "localhost"), "does not match host name"),
        (url.replace("shown.pem", "none.pem"), 'root certificate file "[^"]*none.pem" does not exist'),
    ):
        with pytest.raises(psycopg.OperationalError, match=told):
            psycopg.connect(wrong)


def test_the_wheels_postgres_refuses_to_be_taken_for_a_secured_one(database_url: str) -> None:
    with pytest.raises(psycopg.OperationalError, match="server does not support SSL"):
        psycopg.connect(f"{database_url}?sslmode=verify-full&sslrootcert=system")
