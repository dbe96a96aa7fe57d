"""The processes of onboarding as they run for real, on a migrated database of their own."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

from tests.benchmarks.servers import Servers

from chassis.database.migrations import migrate
from chassis.identity.signing_keys import new_key_pair
from onboarding.bootstrap import build_service


@contextmanager
def onboarding_database(servers: Servers) -> Iterator[str]:
    """The address of a migrated, empty database."""
    with servers.database("onboarding") as url:
        service = build_service(environment(url))
        migrate(url, service.migrations)
        service.database.dispose()
        yield url


@contextmanager
def onboarding_process(
    servers: Servers, process: str, database_url: str, **settings: str
) -> Iterator[subprocess.Popen[bytes]]:
    """``web``, ``relay``, ``consumer`` or ``worker``, with the settings that are shipped."""
    environ = environment(database_url) | settings
    with servers.process(f"onboarding-{process}", ["-m", "onboarding", process], environ) as running:
        yield running


def environment(database_url: str) -> dict[str, str]:
    """The least that onboarding has to be told; Kafka's address is for the caller to fill in."""
    session, link, ops = _keys()
    return {
        "DATABASE_URL": database_url,
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:9",
        "PUBLIC_URL": "https://gangway.example",
        "PROVISIONING_PUBLIC_URL": "https://access.gangway.example",
        "SESSION_PRIVATE_KEY": session[0],
        "SESSION_PUBLIC_KEY": session[1],
        "LINK_PUBLIC_KEY": link[1],
        "OPS_TOKEN_PUBLIC_KEY": ops[1],
    }


@cache
def _keys() -> tuple[tuple[str, str], ...]:
    return new_key_pair(), new_key_pair(), new_key_pair()
