"""The load of the benchmarks: every request is sent once, every answer is looked at."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

import pytest
from tests.benchmarks.applications import application_requests
from tests.benchmarks.http_load import BadAnswer, http_load


class Counting(BaseHTTPRequestHandler):
    """Takes every POST but those that were seen before."""

    protocol_version = "HTTP/1.1"
    seen: ClassVar[set[str]] = set()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        key = self.headers["Idempotency-Key"]
        self.send_response(409 if key in self.seen else 202)
        self.seen.add(key)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture
def port() -> Iterator[int]:
    """Where it listens."""
    Counting.seen.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Counting) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_each_request_is_sent_once_and_timed(port: int) -> None:
    result = http_load(port, application_requests(50), connections=4, status=202)
    assert len(Counting.seen) == len(result.latencies_seconds) == 50
    assert 0 < result.milliseconds(50) <= result.milliseconds(99)


def test_another_answer_than_the_expected_ends_the_run(port: int) -> None:
    with pytest.raises(BadAnswer, match="409"):
        http_load(port, application_requests(1) * 2, connections=1, status=202)
