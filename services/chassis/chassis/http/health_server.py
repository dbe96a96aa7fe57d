"""The health port: ``/health/live`` (the process runs), ``/health/ready`` (it can work), ``/metrics``.

It has a thread and an event loop of its own, so neither a busy process nor slow clients of either port
delay a probe. Connections are few, short and closed after one answer; of too many the oldest is closed.
"""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from http import HTTPStatus

from chassis.http.readiness import Readiness
from chassis.service import Check, Checks
from chassis.telemetry.metrics import CONTENT_TYPE, exposition

HEAD_SECONDS = 3.0
ANSWER_SECONDS = 10.0
LONGEST_HEAD = 8 * 1024
CONNECTIONS_MOST = 128

_JSON = "application/json"


@contextmanager
def health_server(host: str, port: int, checks: Checks, *, is_live: Check | None = None) -> Iterator[None]:
    """Serve while the block runs; nothing for port 0. Raises OSError naming a port that is taken."""
    if not port:
        yield
        return
    with health_listener(host, port) as listener:
        server = HealthServer(listener, Readiness(checks), is_live=is_live)
        server.start()
        try:
            yield
        finally:
            server.stop()


def health_listener(host: str, port: int) -> socket.socket:
    """A socket that listens, and that forked workers may share."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host.strip("[]"), port), family=family, backlog=128)
    except OSError as error:
        raise OSError(f"cannot listen on {host}:{port}: {error.strerror}") from error


class HealthServer:
    """Answers probes on ``listener``. ``is_live`` raises when the process should be restarted."""

    def __init__(
        self, listener: socket.socket, readiness: Readiness, *, is_live: Check | None = None
    ) -> None:
        self._listener = listener
        self._readiness = readiness
        self._is_live = is_live
        self._open: dict[asyncio.Task[None], None] = {}
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run, name="health", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(timeout=5)

    def _run(self) -> None:
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._serve())

    async def _serve(self) -> None:
        with ThreadPoolExecutor(4, "health") as threads:
            self._loop.set_default_executor(threads)
            server = await asyncio.start_server(self._accept, sock=self._listener, limit=LONGEST_HEAD)
            await self._stop.wait()
            server.close()
            for task in list(self._open):
                task.cancel()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio runs this as a task
        self._open[task] = None
        if len(self._open) > CONNECTIONS_MOST:
            next(iter(self._open)).cancel()
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                await self._answer(reader, writer)
        except (TimeoutError, OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass  # a client that sends nothing, too much, or is gone
        except asyncio.CancelledError:
            if not self._stop.is_set():
                task.uncancel()
        finally:
            del self._open[task]
            writer.transport.abort()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async with asyncio.timeout(HEAD_SECONDS):
            head = await reader.readuntil(b"\r\n\r\n")
        status, content_type, body = await self._found(head.split(b"\r\n", 1)[0])
        answer_head = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nServer: gangway\r\nConnection: close\r\n"
            f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\nCache-Control: no-store\r\n\r\n"
        )
        writer.write(answer_head.encode() + (b"" if head.startswith(b"HEAD ") else body))
        await writer.drain()
        writer.write_eof()
        with suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                await reader.read()

    async def _found(self, request_line: bytes) -> tuple[int, str, bytes]:
        method, _, rest = request_line.partition(b" ")
        path = rest.partition(b" ")[0].partition(b"?")[0]
        if method not in {b"GET", b"HEAD"}:
            return 405, _JSON, _encoded({"status": "method not allowed"})
        if path == b"/health/live":
            return self._live()
        if path == b"/health/ready":
            status, states = await asyncio.to_thread(self._readiness.answer)
            return status, _JSON, _encoded(states)
        if path == b"/metrics":
            return 200, CONTENT_TYPE, await asyncio.to_thread(self._figures)
        return 404, _JSON, _encoded({"status": "not found"})

    def _figures(self) -> bytes:
        return exposition(self._readiness.is_up())

    def _live(self) -> tuple[int, str, bytes]:
        try:
            if self._is_live is not None:
                self._is_live()
        except Exception:
            return 503, _JSON, _encoded({"status": "The process has stopped working."})
        return 200, _JSON, _encoded({"status": "ok"})


def _encoded(body: object) -> bytes:
    return json.dumps(body).encode()
