"""Clients that send or read slowly, hundreds at a time, against a real web process with a few threads."""

import json
import socket
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress

import httpx
import pytest
from tests.integration.chassis.web_processes import Running, environment, start_web

from chassis.http import web_worker

CLIENTS = 200
HEAD = b"POST /v1/greetings HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
WHOLE = HEAD + b'Content-Length: 17\r\n\r\n{"words":"hello"}'
BUNDLE = b"GET /docs/assets/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n"


@pytest.fixture(scope="module")
def web(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    environ = environment("postgresql://nobody@127.0.0.1:1/nothing", "127.0.0.1:1", "2.3")
    running = start_web(environ | {"WEB_WORKERS": "2", "WEB_THREADS": "4"}, tmp_path_factory.mktemp("web"))
    yield running
    running.process.kill()
    running.process.wait()


def connect(web: Running, port: int | None = None) -> socket.socket:
    sock = socket.socket()
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    sock.settimeout(20)
    sock.connect(("127.0.0.1", port or web.port))
    return sock


@contextmanager
def crowd(web: Running, sent: bytes, drip: bytes = b"", number: int = CLIENTS) -> Iterator[None]:
    """So many clients that sent only this, and go on with a byte of ``drip`` now and then."""
    over = threading.Event()
    with ExitStack() as stack:
        sockets = [stack.enter_context(connect(web)) for _ in range(number)]

        def go_on() -> None:
            for place in range(len(drip)):
                for each in sockets:
                    with suppress(OSError):
                        each.sendall(drip[place : place + 1])
                if over.wait(0.5):
                    return

        for each in sockets:
            with suppress(OSError):
                each.sendall(sent)
        dripping = threading.Thread(target=go_on)
        dripping.start()
        try:
            yield
        finally:
            over.set()
            dripping.join()


def seconds_of_others(web: Running, number: int = 60) -> list[float]:
    """How long well-behaved clients wait, on the public port and on the health port."""
    found = []
    with httpx.Client(limits=httpx.Limits(max_keepalive_connections=0), timeout=10) as client:
        for turn in range(number):
            started = time.monotonic()
            if turn % 3:
                answer = client.post(f"{web.url}/v1/greetings", json={"words": "hello"})
            else:
                answer = client.get(f"{web.health_url}/health/live")
            found.append(time.monotonic() - started)
            assert answer.status_code == 200
    return found


SLOW = {
    "nothing": (b"", b""),
    "half a head": (HEAD, b"X-Slow: aaaaaaaaaaaa"),
    "a request line": (b"GET / HT", b"TP/1.1"),
    "half a body": (HEAD + b"Content-Length: 100000\r\n\r\n{", b"aaaaaaaaaaaaa"),
    "chunks": (HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nab", b"c1234567890"),
    "a body never begun": (HEAD + b"Expect: 100-continue\r\nContent-Length: 10\r\n\r\n", b""),
    "a huge body": (HEAD + b"Content-Length: 900000000\r\n\r\n", b"aaaaaaaaaa"),
    "answers nobody reads": (BUNDLE, b""),
    "a keep-alive connection": (WHOLE, b""),
}


@pytest.mark.parametrize("kind", SLOW)
def test_others_are_served_within_a_second(web: Running, kind: str) -> None:
    sent, drip = SLOW[kind]
    with crowd(web, sent, drip):
        seconds_of_others(web, 10)  # what the crowd did send whole is worked off
        seconds = seconds_of_others(web)
    assert statistics.quantiles(seconds, n=100)[-1] < 1.0


def test_more_connections_than_there_may_be_make_room(web: Running) -> None:
    """Two workers take 512 each; the oldest of those that only wait go first."""
    with crowd(web, HEAD, number=450), crowd(web, HEAD, number=450), crowd(web, b"", number=300):
        assert max(seconds_of_others(web, 30)) < 2.0


def test_probes_are_answered_while_connections_to_the_health_port_say_nothing(web: Running) -> None:
    with ExitStack() as stack:
        for _ in range(CLIENTS):
            stack.enter_context(connect(web, web.health_port)).sendall(b"GET /health")
        for path in ("live", "ready", "live"):
            answer = httpx.get(f"{web.health_url}/health/{path}", timeout=4)
            assert answer.status_code == (200 if path == "live" else 503)


def read_all(sock: socket.socket) -> bytes:
    found = b""
    with suppress(ConnectionError):
        while data := sock.recv(65_536):
            found += data
    return found


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_a_byte_now_and_then_does_not_prolong_the_deadline(web: Running) -> None:
    started = time.monotonic()
    with connect(web) as slow:
        slow.sendall(b"GET / HTTP/1.1\r\n")
        with suppress(OSError):
            while time.monotonic() - started < 2 * web_worker.HEAD_SECONDS:
                slow.sendall(b"a")
                time.sleep(0.5)
                slow.settimeout(0.01)
                with suppress(TimeoutError):
                    if answer := slow.recv(4096):
                        break
    assert status_of(answer) == 408
    assert b'"code": "request_timeout"' in answer
    assert time.monotonic() - started > web_worker.HEAD_SECONDS - 1


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /" + b"a" * 5_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET /" + b"a" * 5_000, 414),
        (b"GET / HTTP/1.1\r\nX: " + b"a" * 70_000, 431),
        (b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 200 + b"\r\n", 431),
        (b"GET / HTTP/1.1\nHost: x\n\n", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"\r\n\r\n\r\n", 400),
        (HEAD + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
        (HEAD + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello", 400),
        (HEAD + b"Content-Length: -5\r\n\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n2\r\nabc", 400),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\na\r\n" * 300_000, 413),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n1;" + b"a" * 9_000, 400),
        (HEAD + b"Transfer-Encoding: rot13\r\n\r\n", 501),
        (HEAD + b"Content-Length: 900000000\r\n\r\n{", 413),
    ],
)
def test_what_cannot_be_read_is_refused_as_problem_json(web: Running, sent: bytes, status: int) -> None:
    with connect(web) as client:
        with suppress(ConnectionError):
            client.sendall(sent)
        head, _, body = read_all(client).partition(b"\r\n\r\n")
    assert status_of(head) == status
    assert json.loads(body)["status"] == status
    assert b"application/problem+json" in head


def pieces(data: bytes) -> Iterator[bytes]:
    yield from (data[place : place + 1] for place in range(len(data)))


ODD = {
    "byte by byte": WHOLE,
    "chunks": HEAD
    + b'Transfer-Encoding: chunked\r\n\r\n4;a=b\r\n{"wo\r\nd\r\nrds":"hello"}\r\n0\r\nX: y\r\n\r\n',
    "an empty line first": b"\r\n" + WHOLE,
}


@pytest.mark.parametrize("kind", ODD)
@pytest.mark.parametrize("cut", [pieces, lambda data: [data]])
def test_slow_but_whole_requests_are_answered(
    web: Running, kind: str, cut: Callable[[bytes], Iterator[bytes]]
) -> None:
    with connect(web) as client:
        for piece in cut(ODD[kind]):
            client.sendall(piece)
        client.shutdown(socket.SHUT_WR)  # half-closed: the answer comes all the same
        answer = read_all(client)
    assert status_of(answer) == 200
    assert b'"hello"' in answer


def test_pipelined_requests_are_answered_in_order(web: Running) -> None:
    words = [f"word-{number}" for number in range(30)]
    with connect(web) as client:
        for word in words:
            body = json.dumps({"words": word}).encode()
            client.sendall(HEAD + b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        client.shutdown(socket.SHUT_WR)
        answers = read_all(client)
    places = [answers.index(f'"{word}"'.encode()) for word in words]
    assert places == sorted(places)
    assert answers.count(b"HTTP/1.1 200 ") == len(words)


def test_a_body_is_sent_after_100_continue(web: Running) -> None:
    with connect(web) as client:
        client.sendall(HEAD + b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: 17\r\n\r\n")
        assert client.recv(4096) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(b'{"words":"hello"}')
        answer = read_all(client)
    assert (status_of(answer), answer.count(b"HTTP/1.1")) == (200, 1)


@pytest.mark.parametrize("body", [b'{"words":"hello"}', b""])
def test_who_expects_100_continue_and_does_not_wait_is_answered(web: Running, body: bytes) -> None:
    head = b"Expect: 100-continue\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body)
    with connect(web) as client:
        client.sendall(HEAD + head + body)
        answer = read_all(client)
    assert (status_of(answer), answer.count(b"HTTP/1.1")) == (200 if body else 400, 1)


def test_a_large_answer_arrives_whole_at_a_slow_reader(web: Running) -> None:
    expected = httpx.get(f"{web.url}/docs/assets/swagger-ui-bundle.js").content
    with connect(web) as client:
        client.sendall(BUNDLE.replace(b"Host: x", b"Host: x\r\nConnection: close"))
        time.sleep(1)
        _, _, body = read_all(client).partition(b"\r\n\r\n")
    assert body == expected
