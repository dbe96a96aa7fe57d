"""gunicorn's thread worker with one difference: threads handle complete requests and never wait for a client.

The event loop reads requests and sends answers, for any number of clients at a time, each within a deadline
for the whole: a byte now and then does not extend it. If there are too many connections, the one that has
been waiting longest is closed.
"""

import errno
import json
import os
import selectors
import socket
import time
from concurrent.futures import Future
from functools import partial
from typing import Any

from gunicorn.http.errors import (
    ChunkMissingTerminator,
    ExpectationFailed,
    InvalidChunkSize,
    LimitRequestHeaders,
    LimitRequestLine,
    NoMoreData,
    ParseException,
    UnsupportedTransferCoding,
)
from gunicorn.workers.gthread import ThreadWorker

from chassis.http.problems import PROBLEM_MEDIA_TYPE, Problem
from chassis.http.unsent_answer import UnsentAnswer
from chassis.http.whole_requests import WholeRequests
from chassis.http.worker_loads import LOADS
from chassis.telemetry import heartbeat

HEAD_SECONDS = 10.0
BODY_SECONDS = 30.0
ANSWER_SECONDS = 60.0
LINGER_SECONDS = 3.0
MOST_DISCARDED = 8 * 1024 * 1024
MOST_UNSENT = 64 * 1024 * 1024
LOOK_SECONDS = 0.25
IDLE_SECONDS = 10.0
# The shortest wait of epoll. A worker that is not busy takes a connection in less.
STAND_BACK_SECONDS = 0.001

_REFUSALS: dict[type[Exception], tuple[int, str]] = {
    LimitRequestLine: (414, "uri_too_long"),
    LimitRequestHeaders: (431, "headers_too_large"),
    UnsupportedTransferCoding: (501, "transfer_coding_unknown"),
    ExpectationFailed: (417, "expectation_unknown"),
    InvalidChunkSize: (400, "malformed_request"),
    ChunkMissingTerminator: (400, "malformed_request"),
}


class Client:
    """One connection. ``sock`` is what gunicorn writes to, ``socket`` the real one."""

    def __init__(self, config: Any, sock: socket.socket, address: Any, server: Any) -> None:
        sock.setblocking(False)
        self.socket = sock
        self.sock = UnsentAnswer(sock)
        self.client = address
        self.server = server
        self.requests = WholeRequests(config, address)
        self.request: Any = None
        self.keeps_alive = True
        self.discarded = 0
        self.deadline = 0.0


class WebWorker(ThreadWorker):  # type: ignore[misc]
    """Two pools: clients that we wait for are in ``_waiting``, in the order of their last step."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._waiting: dict[Client, None] = {}
        self._look_at = 0.0
        self._parent: int | None = None
        self._back_at = 0.0
        self._has_stood_back = False

    def run(self) -> None:
        LOADS.note(self.age, 0)
        self._parent = _end_of(self.ppid)
        if self._parent is not None:
            self.poller.register(self._parent, selectors.EVENT_READ, self.poller.unregister)
        super().run()

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """Without connections only a new one, a signal or the parent's end gives the loop something to do."""
        is_back = self._accepting and self._has_stood_back
        if self.alive and time.monotonic() < self._back_at:
            timeout = STAND_BACK_SECONDS
        elif self.alive and not self.nr_conns and self._parent is not None:
            timeout = IDLE_SECONDS
        super().wait_for_and_dispatch_events(timeout)
        if is_back:
            self._has_stood_back = False

    def set_accept_enabled(self, enabled: bool) -> None:
        """Called each round until it takes effect: not before another worker had time to accept."""
        if not (enabled and time.monotonic() < self._back_at):
            super().set_accept_enabled(enabled)

    def notify(self) -> None:
        """Each round of the loop: to gunicorn's master, and to the health port."""
        super().notify()
        heartbeat.beat()

    def accept(self, listener: socket.socket) -> None:
        """Let a worker with fewer connections go first; what it does not take we accept a moment later."""
        if not self._has_stood_back and LOADS.is_another_freer(self.nr_conns):
            self._has_stood_back = True
            self._back_at = time.monotonic() + STAND_BACK_SECONDS
            self.set_accept_enabled(False)
            return
        try:
            sock, address = listener.accept()
        except OSError as error:
            if error.errno in {errno.EMFILE, errno.ENFILE}:
                self._make_room()
            elif error.errno not in {errno.EAGAIN, errno.ECONNABORTED}:
                raise
            return
        self._count(1)
        client = Client(self.cfg, sock, address, listener.getsockname())
        self._await(client, selectors.EVENT_READ, self._on_readable, HEAD_SECONDS)
        if self.nr_conns >= self.worker_connections:
            self._make_room()

    def _count(self, more: int) -> None:
        self.nr_conns += more
        LOADS.note(self.age, self.nr_conns)

    def handle(self, conn: Client) -> bool:
        """Answer one request, in a thread; True when the connection can be used again."""
        try:
            keeps_alive = bool(self.handle_request(conn.request, conn))
        except StopIteration:  # failed when half the answer was given
            keeps_alive = False
        except Exception:
            self.log.exception("Error handling request")
            conn.sock.sendall(_refusal(500, "internal_server_error"))
            keeps_alive = False
        conn.sock.flush()
        return keeps_alive

    def finish_request(self, conn: Client, fs: "Future[bool]") -> None:
        """Back in the event loop."""
        conn.request = None
        if fs.cancelled() or fs.exception() is not None:  # the client is gone
            self._close(conn)
            return
        conn.keeps_alive = fs.result() and not conn.requests.is_cut
        self._send(conn)

    def murder_keepalived(self, force: bool = False) -> None:
        """Called each round: close clients whose deadline has passed (``force``: all)."""
        now = time.monotonic()
        if force or now >= self._look_at:
            self._look_at = now + LOOK_SECONDS
            for client in [each for each in self._waiting if force or now > each.deadline]:
                is_half_said = client.keeps_alive and not client.sock.size and not client.requests.is_idle
                if is_half_said and not force:
                    self._refuse(client, 408, "request_timeout")
                else:
                    self._leave(client)
            while sum(client.sock.size for client in self._waiting) > MOST_UNSENT:
                self._leave(next(client for client in self._waiting if client.sock.size))

    def murder_pending(self) -> None:
        """gunicorn's other list, which stays empty."""

    def _cap_keepalive(self, deadline: float) -> None:
        """The worker is stopping: wait this long for a next request."""
        for client in self._waiting:
            if client.requests.is_idle:
                client.deadline = min(client.deadline, deadline)

    def _on_readable(self, client: Client, _: object) -> None:
        data = _received(client)
        if data is None:
            return
        if not data:
            self._leave(client)
            return
        if client.requests.is_idle:
            self._wait_on(client, HEAD_SECONDS)
        client.requests.feed(data)
        self._advance(client)

    def _advance(self, client: Client) -> None:
        """Hand the next request to a thread, if it is complete."""
        had_head = client.requests.has_head
        try:
            client.request = client.requests.take()
        except (ParseException, NoMoreData, StopIteration) as error:
            self._refuse(client, *_REFUSALS.get(type(error), (400, "malformed_request")))
            return
        if client.request is not None:
            self._stop_waiting(client)
            self.enqueue_req(client)
        elif client.requests.has_head and not had_head:
            self._wait_on(client, BODY_SECONDS)
            if client.requests.take_continue():
                client.sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
                self._flush(client)

    def _refuse(self, client: Client, status: int, code: str) -> None:
        self._stop_waiting(client)
        client.keeps_alive = False
        client.sock.sendall(_refusal(status, code))
        self._send(client)

    def _send(self, client: Client) -> None:
        """Send the rest of the answer, now or as the client reads it, and continue."""
        if not self._flush(client):
            return
        if client.sock.size:
            self._await(client, selectors.EVENT_WRITE, self._on_writable, ANSWER_SECONDS)
            return
        if client.keeps_alive:
            seconds = self.cfg.keepalive if client.requests.is_idle else HEAD_SECONDS
            self._await(client, selectors.EVENT_READ, self._on_readable, seconds)
            if not client.requests.is_idle:
                self._advance(client)
            return
        # Close our side only: a close on unread data would take the answer with it (RFC 9112, 9.6).
        try:
            client.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self._close(client)
        else:
            self._await(client, selectors.EVENT_READ, self._discard, LINGER_SECONDS)

    def _flush(self, client: Client) -> bool:
        """False when the client was gone, and is closed."""
        try:
            client.sock.flush()
        except OSError:
            self._leave(client)
            return False
        return True

    def _on_writable(self, client: Client, _: object) -> None:
        if self._flush(client) and not client.sock.size:
            self._stop_waiting(client)
            self._send(client)

    def _discard(self, client: Client, _: object) -> None:
        data = _received(client)
        if data is None:
            return
        client.discarded += len(data)
        if not data or client.discarded > MOST_DISCARDED:
            self._leave(client)

    def _make_room(self) -> None:
        if self._waiting:
            self._leave(next(iter(self._waiting)))

    def _await(self, client: Client, event: int, callback: Any, seconds: float) -> None:
        self.poller.register(client.socket, event, partial(callback, client))
        self._wait_on(client, seconds)

    def _wait_on(self, client: Client, seconds: float) -> None:
        """A new step: last in the queue of connections to close."""
        self._waiting.pop(client, None)
        self._waiting[client] = None
        client.deadline = time.monotonic() + seconds

    def _stop_waiting(self, client: Client) -> None:
        if client in self._waiting:
            del self._waiting[client]
            self.poller.unregister(client.socket)

    def _leave(self, client: Client) -> None:
        self._stop_waiting(client)
        self._close(client)

    def _close(self, client: Client) -> None:
        self._count(-1)
        client.socket.close()


def _end_of(process: int) -> int | None:
    """Becomes readable when the process ends; None if the system does not support that."""
    try:
        return os.pidfd_open(process)
    except (AttributeError, OSError):
        return None


def _received(client: Client) -> bytes | None:
    """The received bytes: empty after the client hung up, None while there is nothing to read."""
    try:
        return client.socket.recv(65_536)
    except BlockingIOError:
        return None
    except OSError:
        return b""


def _refusal(status: int, code: str) -> bytes:
    """A complete answer in the form of all our refusals, made without the application."""
    problem = Problem(status, code)
    body = json.dumps(problem.as_members()).encode()
    head = (
        f"HTTP/1.1 {status} {problem.title}\r\nServer: gangway\r\nConnection: close\r\n"
        f"Content-Type: {PROBLEM_MEDIA_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body
