"""Health of background processes: who is asked, how often, and that nobody is waited for for long."""

import socket
import threading

import httpx
import pytest

from chassis.http.health import Readiness, health_server
from chassis.running.heartbeat import Heartbeat


def fail() -> None:
    raise ConnectionError("a secret address")


def test_each_check_has_a_state() -> None:
    readiness = Readiness({"database": lambda: None, "kafka": fail})
    assert readiness.states() == {"database": "ok", "kafka": "failing"}


def test_answers_are_fresh_for_a_while() -> None:
    calls: list[int] = []
    kept = Readiness({"a": lambda: calls.append(1)}, fresh_seconds=3600)
    kept.states()
    kept.states()
    assert len(calls) == 1
    asked = Readiness({"a": lambda: calls.append(1)}, fresh_seconds=0)
    asked.states()
    asked.states()
    assert len(calls) == 3


def test_a_check_that_hangs_is_told_and_not_started_twice() -> None:
    release, calls = threading.Event(), list[int]()

    def hang() -> None:
        calls.append(1)
        release.wait(60)

    readiness = Readiness({"hanging": hang, "good": lambda: None}, fresh_seconds=0, patience_seconds=0.2)
    for _ in range(3):
        assert readiness.states() == {"hanging": "not answering", "good": "ok"}
    assert len(calls) == 1
    release.set()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def test_a_background_process_serves_health_and_metrics() -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with health_server("127.0.0.1", port, {"database": lambda: None, "kafka": fail}, is_live=fail):
        assert httpx.get(f"{url}/health/live").status_code == 503
        ready = httpx.get(f"{url}/health/ready")
        assert (ready.status_code, ready.json()["checks"]) == (503, {"database": "ok", "kafka": "failing"})
        assert "secret" not in ready.text
        metrics = httpx.get(f"{url}/metrics")
        assert metrics.status_code == 200
        assert "python_info" in metrics.text
        assert "werkzeug" not in str(metrics.headers).lower()
    with pytest.raises(httpx.TransportError):
        httpx.get(f"{url}/health/live")


def test_a_taken_port_is_an_error_that_names_it() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=str(port)), health_server("127.0.0.1", port, {}):
            pass


def test_port_zero_serves_nothing() -> None:
    with health_server("127.0.0.1", 0, {"never asked": fail}):
        pass


def test_a_loop_that_stops_coming_round_is_noticed() -> None:
    heartbeat = Heartbeat(longest_silence_seconds=-1)
    heartbeat.check()
    heartbeat.beat()
    with pytest.raises(TimeoutError):
        heartbeat.check()
