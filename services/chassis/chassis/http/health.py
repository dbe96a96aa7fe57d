"""``/health/live``: the process runs. ``/health/ready``: it can do its work. ``/metrics``: figures.

The web process answers health on its own address and, like background processes, everything on the
health port. `/metrics` is there only: figures are not for the public.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotAnswered
from contextlib import contextmanager
from time import monotonic
from typing import Any

import structlog
from flask import Blueprint, Flask, Response, jsonify, request
from werkzeug.serving import WSGIRequestHandler, make_server

from chassis.http.problems import Problem
from chassis.running.metrics import CONTENT_TYPE, exposition

Check = Callable[[], None]

_log = structlog.stdlib.get_logger(__name__)


class Readiness:
    """Asks each named check, at most every ``fresh_seconds``, and waits ``patience_seconds`` at most.

    A check raises when its part is not there. Safe to use from several threads.
    """

    def __init__(
        self, checks: Mapping[str, Check], *, fresh_seconds: float = 2.0, patience_seconds: float = 4.0
    ) -> None:
        self._checks = dict(checks)
        self._fresh_seconds = fresh_seconds
        self._patience_seconds = patience_seconds
        self._lock = threading.Lock()
        self._threads: ThreadPoolExecutor | None = None
        self._running: dict[str, Any] = {}
        self._found: dict[str, str] = {}
        self._asked_at = float("-inf")

    def states(self) -> dict[str, str]:
        """``ok`` or what is wrong, by name of the check; no details, they are in the log."""
        with self._lock:
            if monotonic() - self._asked_at >= self._fresh_seconds:
                self._found = self._ask()
                self._asked_at = monotonic()
            return self._found

    def _ask(self) -> dict[str, str]:
        # Threads are made late, so that nothing is forked away from a Readiness that was built before.
        self._threads = self._threads or ThreadPoolExecutor(max(len(self._checks), 1), "health")
        deadline = monotonic() + self._patience_seconds
        for name, check in self._checks.items():
            if name not in self._running:
                self._running[name] = self._threads.submit(check)
        return {name: self._state(name, deadline) for name in self._checks}

    def _state(self, name: str, deadline: float) -> str:
        try:
            self._running[name].result(timeout=max(deadline - monotonic(), 0))
        except NotAnswered:
            # The check goes on; it is asked for again next time and never started twice.
            return "not answering"
        except Exception as error:
            _log.warning("not ready", check=name, error=type(error).__name__)
            state = getattr(error, "readiness", "failing")
        else:
            state = "ok"
        del self._running[name]
        return state


def health_blueprint(
    readiness: Readiness, *, health_port: int = 0, is_live: Check | None = None
) -> Blueprint:
    """The routes. ``is_live`` raises when the process should be started anew."""
    health = Blueprint("health", __name__)

    @health.get("/health/live")
    def live() -> Response:
        if is_live is not None:
            try:
                is_live()
            except Exception as error:
                raise Problem(503, "not_live", "The process has stopped working.") from error
        return jsonify({"status": "ok"})

    @health.get("/health/ready")
    def ready() -> tuple[Response, int]:
        checks = readiness.states()
        is_ready = all(state == "ok" for state in checks.values())
        body = jsonify({"status": "ok" if is_ready else "unavailable", "checks": checks})
        return body, 200 if is_ready else 503

    @health.get("/metrics")
    def metrics() -> Response:
        if not health_port or request.environ.get("SERVER_PORT") != str(health_port):
            raise Problem(404, "not_found")
        return Response(exposition(), content_type=CONTENT_TYPE)

    return health


@contextmanager
def health_server(
    host: str, port: int, checks: Mapping[str, Check], *, is_live: Check | None = None
) -> Iterator[None]:
    """Serve health for a background process while the block runs; nothing for port 0.

    Raises OSError (SystemExit from werkzeug is turned into it) when the port is taken.
    """
    if not port:
        yield
        return
    app = Flask(__name__, static_folder=None)
    app.register_blueprint(health_blueprint(Readiness(checks), health_port=port, is_live=is_live))
    try:
        server = make_server(host, port, app, threaded=True, request_handler=_QuietHandler)
    except SystemExit as error:
        raise OSError(f"cannot listen on {host}:{port}") from error
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=5)


class _QuietHandler(WSGIRequestHandler):
    """Probes come every few seconds; they are no news."""

    server_version = "gangway"
    sys_version = ""

    def log_request(self, *_: object) -> None:
        """Say nothing."""

    def version_string(self) -> str:
        return self.server_version
