"""A console whose services and provider listen where a test says so."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from cryptography.fernet import Fernet
from werkzeug.serving import make_server

from console.bootstrap import ConsoleService, build_service

CONSOLE = "http://127.0.0.1:8003"
NOBODY = "http://127.0.0.1:9"
HTML = {"Accept": "text/html"}


@contextmanager
def listening(app: Callable[..., Any], port: int = 0) -> Iterator[str]:
    """A WSGI application on a port of its own."""
    server = make_server("127.0.0.1", port, app, threaded=True)
    server.daemon_threads, server.block_on_close = True, False
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def environ(**changes: str) -> dict[str, str]:
    return {
        "PUBLIC_URL": CONSOLE,
        "ONBOARDING_URL": NOBODY,
        "PROVISIONING_URL": NOBODY,
        "NOTIFICATIONS_URL": NOBODY,
        "SESSION_KEYS": Fernet.generate_key().decode(),
        "OIDC_ISSUER": NOBODY,
        "OIDC_AUDIENCE": "gangway",
        "OIDC_CLIENT_ID": "gangway-console",
        **changes,
    }


Make = Callable[..., ConsoleService]


@pytest.fixture
def make_console() -> Iterator[Make]:
    """Builds consoles, which are closed afterwards."""
    made: list[ConsoleService] = []

    def make(**changes: str) -> ConsoleService:
        made.append(build_service(environ(**changes)))
        return made[-1]

    yield make
    for one in made:
        one.dispose()
        one.asking.shutdown()
