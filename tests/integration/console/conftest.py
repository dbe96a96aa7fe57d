"""A console whose services and provider listen where a test says so."""

from collections.abc import Callable, Iterator

import pytest
from cryptography.fernet import Fernet

from console.bootstrap import ConsoleService, build_service

CONSOLE = "http://127.0.0.1:8003"
NOBODY = "http://127.0.0.1:9"
HTML = {"Accept": "text/html"}


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
