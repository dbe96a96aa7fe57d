"""Health of background processes: who is asked, how often, and that nobody is waited for for long."""

import re
import socket
import threading

import httpx
import pytest

from chassis.http.health_server import CONNECTIONS_MOST, HealthServer, health_listener, health_server
from chassis.http.readiness import Readiness
from chassis.service import Checks
from chassis.telemetry.heartbeat import Heartbeat
from local_stack.machine.ports import find_free_port


def fail() -> None:
    raise ConnectionError("a secret address")


def test_each_check_has_a_state() -> None:
    readiness = Readiness(Checks({"database": lambda: None, "kafka": fail}))
    states = {"status": "unavailable", "checks": {"database": "ok", "kafka": "failing"}}
    assert readiness.answer() == (503, states)


def test_what_is_only_told_makes_nobody_unready() -> None:
    readiness = Readiness(Checks({"database": lambda: None}, {"kafka": fail}))
    states = {"status": "ok", "checks": {"database": "ok"}, "information": {"kafka": "failing"}}
    assert readiness.answer() == (200, states)


def test_answers_are_fresh_for_a_while() -> None:
    calls: list[int] = []
    kept = Readiness(Checks({"a": lambda: calls.append(1)}), fresh_seconds=3600)
    kept.answer()
    kept.answer()
    assert len(calls) == 1
    asked = Readiness(Checks({"a": lambda: calls.append(1)}), fresh_seconds=0)
    asked.answer()
    asked.answer()
    assert len(calls) == 3


def test_a_check_that_hangs_is_told_and_not_started_twice() -> None:
    release, calls = threading.Event(), list[int]()

    def hang() -> None:
        calls.append(1)
        release.wait(60)

    checks = Checks({"hanging": hang, "good": lambda: None})
    readiness = Readiness(checks, fresh_seconds=0, patience_seconds=0.2)
    for _ in range(3):
        assert readiness.answer()[1]["checks"] == {"hanging": "not answering", "good": "ok"}
    assert len(calls) == 1
    release.set()


def test_a_background_process_serves_health_and_metrics() -> None:
    port = find_free_port()
    url = f"http://127.0.0.1:{port}"
    checks = Checks({"database": lambda: None, "kafka": fail})
    with health_server("127.0.0.1", port, checks, is_live=fail):
        assert httpx.get(f"{url}/health/live").status_code == 503
        ready = httpx.get(f"{url}/health/ready")
        assert (ready.status_code, ready.json()["checks"]) == (503, {"database": "ok", "kafka": "failing"})
        assert "secret" not in ready.text
        metrics = httpx.get(f"{url}/metrics")
        assert metrics.status_code == 200
        assert "python_info" in metrics.text
        told = dict(
            re.findall(r'^gangway_dependency_up\{dependency="(\w+)"\} (\S+)$', metrics.text, re.MULTILINE)
        )
        assert told == {"database": "1.0", "kafka": "0.0"}
        assert "werkzeug" not in str(metrics.headers).lower()
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{url}/health/live")


@pytest.mark.parametrize("sent", [b"", b"GET /health/live HTTP/1.1\r\n", b"\x16\x03\x01" * 4_000])
def test_clients_that_say_nothing_whole_keep_no_probe_waiting(sent: bytes) -> None:
    port = find_free_port()
    with health_server("127.0.0.1", port, Checks()):
        silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(CONNECTIONS_MOST + 72)]
        for each in silent:
            try:
                each.sendall(sent)
            except OSError:
                continue  # it made room already
        for path in ("live", "ready"):
            assert httpx.get(f"http://127.0.0.1:{port}/health/{path}", timeout=1).status_code == 200
        for each in silent:
            each.close()


def test_liveness_waits_for_no_check() -> None:
    """All threads of the health port hang in readiness, and then liveness is asked."""
    release = threading.Event()
    readiness = Readiness(Checks({"hanging": lambda: release.wait(60) and None}), patience_seconds=5)
    listener = health_listener("127.0.0.1", 0)
    server = HealthServer(listener, readiness)
    server.start()
    port = listener.getsockname()[1]
    asking = [socket.create_connection(("127.0.0.1", port)) for _ in range(20)]
    for each in asking:
        each.sendall(b"GET /health/ready HTTP/1.1\r\n\r\n")
    assert httpx.get(f"http://127.0.0.1:{port}/health/live", timeout=1).status_code == 200
    hanging = [thread for thread in threading.enumerate() if thread.name == "readiness"]
    assert [thread.daemon for thread in hanging] == [True], "it would keep the process from leaving"
    release.set()
    server.stop()
    for each in asking:
        each.close()


@pytest.mark.parametrize(
    ("line", "status"),
    [("GET /nowhere", 404), ("POST /health/live", 405), ("GET", 404), ("HEAD /metrics", 200)],
)
def test_anything_else_is_refused(line: str, status: int) -> None:
    port = find_free_port()
    with (
        health_server("127.0.0.1", port, Checks()),
        socket.create_connection(("127.0.0.1", port), timeout=5) as client,
    ):
        client.sendall(f"{line} HTTP/1.1\r\n\r\n".encode())
        assert client.makefile("rb").read().startswith(f"HTTP/1.1 {status} ".encode())


def test_a_taken_port_is_an_error_that_names_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=str(port)), health_server("127.0.0.1", port, Checks()):
            pass


def test_port_zero_serves_nothing() -> None:
    with health_server("127.0.0.1", 0, Checks({"never asked": fail})):
        pass


def test_a_loop_that_stops_coming_round_is_noticed() -> None:
    heartbeat = Heartbeat(longest_silence_seconds=-1)
    heartbeat.check()
    heartbeat.beat()
    with pytest.raises(TimeoutError):
        heartbeat.check()
