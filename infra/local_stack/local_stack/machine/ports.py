"""Finds free TCP ports, and who uses those that are not free."""

import contextlib
import socket

import psutil

LOOPBACK = "127.0.0.1"


_found: set[int] = set()


def find_free_port() -> int:
    """Return a port that is free now; another process may still take it before the caller does.

    Each port is returned only once in this process, because callers may use several of them later.
    """
    while True:
        with socket.socket() as probe:
            probe.bind((LOOPBACK, 0))
            port = int(probe.getsockname()[1])
        if port not in _found:
            _found.add(port)
            return port


def is_free(port: int) -> bool:
    """Whether a server could listen on this port, ignoring connections in TIME_WAIT."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
        return True


def accepts_connections(port: int) -> bool:
    """Whether somebody listens on this port."""
    with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1.0):
        return True
    return False


def describe_holder(port: int) -> str:
    """Name the process that listens on this port, as far as this user can see it."""
    with contextlib.suppress(psutil.Error):
        for connection in psutil.net_connections(kind="tcp"):
            listening = connection.laddr if connection.status == psutil.CONN_LISTEN else ()
            if listening and listening.port == port and connection.pid:
                process = psutil.Process(connection.pid)
                return f"process {process.pid} ({' '.join(process.cmdline())[:120]})"
    return "a process of another user"
