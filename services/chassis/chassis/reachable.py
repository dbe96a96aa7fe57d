"""Whether an external system accepts connections: all that readiness reports about it."""

import socket
from collections.abc import Callable
from urllib.parse import urlsplit

SECONDS = 2.0


def reachable(host: str, port: int) -> Callable[[], None]:
    """A check that raises OSError while no connection can be opened. Nothing is sent."""

    def check() -> None:
        socket.create_connection((host, port), timeout=SECONDS).close()

    return check


def reachable_url(url: str) -> Callable[[], None]:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return reachable(parts.hostname or "", port)
