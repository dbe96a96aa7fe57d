"""An HTTP proxy before moto that answers in AWS's stead, or loses the answer, as a script says.

moto hides what AWS does all day: throttling, denials, things that are not seen yet, work that is done and not
answered. A script is a list of mishaps, each for one operation (``iam:PutRolePolicy``) or for all.
"""

import itertools
import json
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from botocore.session import get_session

Request = tuple[str, str, bytes, dict[str, str]]
_NAMES = {"sso": "sso-admin"}
_XML = "<ErrorResponse><Error><Code>{code}</Code><Message>{message}</Message></Error></ErrorResponse>"


@dataclass
class Mishap:
    """What happens to calls: an error instead of an answer, or an answer that is lost after the work.

    ``waits_seconds`` is how long it takes before anything else happens. ``works_late_seconds`` after the
    answer was lost the work is done: whoever asked has gone on meanwhile. ``is_due`` is asked at each call of
    the operation with its number, from 1.
    """

    code: str = ""
    message: str = "the proxy says so"
    status: int = 400
    more: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    is_lost: bool = False
    waits_seconds: float = 0
    works_late_seconds: float = 0
    is_due: Callable[[int], bool] = lambda number: number == 1
    calls: int = 0


class HostileProxy:
    """Start it with ``with``; ``url`` is where AWS is to be found. ``calls`` are the operations asked for."""

    def __init__(self, target_url: str) -> None:
        self._target = urlsplit(target_url).netloc
        self._lock = threading.Lock()
        self._paths: dict[str, list[tuple[str, re.Pattern[str], str]]] = {}
        self.calls: list[str] = []
        self.clear()

    def clear(self) -> None:
        self._under_way: list[threading.Timer] = []
        self._mishaps: list[tuple[str, Mishap]] = []
        self.calls.clear()
        self.every: Callable[[str, int], Mishap | None] = lambda operation, number: None

    def when(self, operation: str, mishap: Mishap) -> None:
        self._mishaps.append((operation, mishap))

    def __enter__(self) -> "HostileProxy":
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # Head and body in one packet: else each answer waits 40 ms for an acknowledgement of its head.
            wbufsize = -1
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                proxy.answer(self)

            do_POST = do_PUT = do_DELETE = do_PATCH = do_HEAD = do_GET  # noqa: N815

            def log_message(self, format: str, *args: Any) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        operation = self._operation(handler, body)
        mishap = self._mishap(operation)
        if mishap is not None and mishap.waits_seconds:
            time.sleep(mishap.waits_seconds)
        if mishap is not None and mishap.works_late_seconds:
            request = (handler.command, handler.path, body, dict(handler.headers.items()))
            self._later(mishap.works_late_seconds, request)
            _lose(handler)
            return
        if mishap is not None and mishap.code:
            _send(handler, mishap.status, *_error(mishap, operation))
            return
        status, headers, content = self._carry(
            handler.command, handler.path, body, dict(handler.headers.items())
        )
        if mishap is not None and mishap.is_lost:
            _lose(handler)
            return
        _send(handler, status, headers, content)

    def _later(self, seconds: float, request: "Request") -> None:
        timer = threading.Timer(seconds, self._carry, request)
        timer.daemon = True
        with self._lock:
            self._under_way = [one for one in self._under_way if one.is_alive()] + [timer]
        timer.start()

    def settle(self) -> None:
        """Wait until everything late is done."""
        with self._lock:
            waiting = self._under_way
        for timer in waiting:
            timer.join()

    def _mishap(self, operation: str) -> Mishap | None:
        with self._lock:
            self.calls.append(operation)
            for name, mishap in self._mishaps:
                if name == operation:
                    mishap.calls += 1
                    if mishap.is_due(mishap.calls):
                        return mishap
            return self.every(operation, self.calls.count(operation))

    def _carry(
        self, command: str, path: str, body: bytes, sent: dict[str, str]
    ) -> tuple[int, dict[str, str], bytes]:
        connection = HTTPConnection(self._target, timeout=60)
        try:
            connection.request(command, path, body, sent)
            answer = connection.getresponse()
            content = answer.read()
            kept = {"content-type", "location", "x-amzn-errortype", "x-amzn-requestid"}
            headers = {name: value for name, value in answer.getheaders() if name.lower() in kept}
            return answer.status, headers, content
        finally:
            connection.close()

    def _operation(self, handler: BaseHTTPRequestHandler, body: bytes) -> str:
        """Return ``service:Operation``, as the signature and the request name them."""
        signed = re.search(r"Credential=[^/]+/\d+/[^/]+/([^/]+)/", handler.headers.get("Authorization", ""))
        service = _NAMES.get(signed[1], signed[1]) if signed else "unsigned"
        if target := handler.headers.get("X-Amz-Target"):
            return f"{service}:{target.rsplit('.', 1)[1]}"
        if action := parse_qs(body.decode(errors="replace")).get("Action"):
            return f"{service}:{action[0]}"
        path = urlsplit(handler.path).path
        for method, pattern, name in self._rest_operations(service):
            if method == handler.command and pattern.fullmatch(path):
                return f"{service}:{name}"
        return f"{service}:{handler.command} {path}"

    def _rest_operations(self, service: str) -> list[tuple[str, re.Pattern[str], str]]:
        if service == "unsigned":
            return []
        if service not in self._paths:
            model = get_session().get_service_model(service)
            https = [(name, model.operation_model(name).http) for name in model.operation_names]
            self._paths[service] = [
                (
                    http["method"],
                    re.compile(
                        re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(http["requestUri"].split("?")[0]))
                    ),
                    name,
                )
                for name, http in sorted(https, key=lambda each: -len(each[1]["requestUri"]))
            ]
        return self._paths[service]


def on(*numbers: int) -> Callable[[int], bool]:
    return lambda number: number in numbers


def always(_: int) -> bool:
    return True


def every_nth_write(nth: int, mishap: Mishap) -> Callable[[str, int], Mishap | None]:
    """Let one write in ``nth`` fail, whichever operation it is."""
    writes = itertools.count(1)

    def every(operation: str, _: int) -> Mishap | None:
        is_read = operation.split(":")[1].startswith(("Describe", "List", "Get", "AssumeRole"))
        return mishap if not is_read and next(writes) % nth == 0 else None

    return every


def _lose(handler: BaseHTTPRequestHandler) -> None:
    handler.close_connection = True
    handler.connection.close()


def _error(mishap: Mishap, operation: str) -> tuple[dict[str, str], bytes]:
    if operation.split(":", maxsplit=1)[0] in {"iam", "sts"}:
        content = _XML.format(code=mishap.code, message=mishap.message)
        return {"Content-Type": "text/xml", **mishap.headers}, content.encode()
    content = json.dumps({"__type": mishap.code, "message": mishap.message, **mishap.more})
    headers = {"Content-Type": "application/x-amz-json-1.1", "x-amzn-errortype": mishap.code}
    return headers | mishap.headers, content.encode()


def _send(handler: BaseHTTPRequestHandler, status: int, headers: dict[str, str], content: bytes) -> None:
    handler.send_response(status)
    for name, value in headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(content)))
    handler.end_headers()
    handler.wfile.write(content)
