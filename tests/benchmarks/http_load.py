"""A load of HTTP requests that were written beforehand, over connections that stay open.

One thread and one selector, so that the cores are left to those who are measured.
"""

import selectors
import socket
import time
from collections import deque
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import quantiles

_HEAD_END = b"\r\n\r\n"


class BadAnswer(RuntimeError):
    """An answer other than the expected one: what is measured would not be what is meant."""


@dataclass(frozen=True)
class LoadResult:
    """What one load saw: answers per second, and the seconds that each request took."""

    requests_per_second: float
    latencies_seconds: Sequence[float]

    def milliseconds(self, percent: int) -> float:
        """A percentile of the latencies."""
        return quantiles(self.latencies_seconds, n=100, method="inclusive")[percent - 1] * 1000


@dataclass
class _Connection:
    socket: socket.socket
    sent_at: float = 0.0
    received: bytes = b""


def http_load(port: int, requests: Sequence[bytes], *, connections: int, status: int) -> LoadResult:
    """Send all requests, on each connection one after the other; raises BadAnswer. Blocks until answered."""
    waiting = deque(requests)
    latencies: list[float] = []
    with selectors.DefaultSelector() as selector, ExitStack() as stack:
        opened = [
            _Connection(stack.enter_context(_connected(port))) for _ in range(min(connections, len(requests)))
        ]
        started = time.perf_counter()
        for connection in opened:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            _send_next(connection, waiting)
        while len(latencies) < len(requests):
            for key, _ in selector.select(timeout=30) or _nothing_came():
                connection = key.data
                if _is_answered(connection, status):
                    latencies.append(time.perf_counter() - connection.sent_at)
                    if waiting:
                        _send_next(connection, waiting)
        seconds = time.perf_counter() - started
    return LoadResult(len(requests) / seconds, latencies)


def _connected(port: int) -> socket.socket:
    opened = socket.create_connection(("127.0.0.1", port), timeout=10)
    opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return opened


def _send_next(connection: _Connection, waiting: deque[bytes]) -> None:
    connection.received = b""
    connection.sent_at = time.perf_counter()
    connection.socket.sendall(waiting.popleft())


def _is_answered(connection: _Connection, status: int) -> bool:
    """Read what is there; True when the answer is whole. Needs Content-Length, as all our answers have it."""
    chunk = connection.socket.recv(65_536)
    connection.received += chunk
    head, end, body = connection.received.partition(_HEAD_END)
    if not chunk:
        raise BadAnswer(f"the connection was closed after {connection.received!r}")
    if not end:
        return False
    if int(head[9:12]) != status:
        raise BadAnswer(connection.received.decode(errors="replace"))
    length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return len(body) >= int(length.partition(b":")[2])


def _nothing_came() -> list[tuple[selectors.SelectorKey, int]]:
    raise BadAnswer("no answer for 30 s")
