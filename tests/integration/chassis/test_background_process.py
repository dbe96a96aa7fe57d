"""A background process from outside: its health port, and how it leaves."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from chassis.identity.signing_keys import new_key_pair
from local_stack.machine.ports import find_free_port

PACKAGES = Path(__file__).parent / "example_packages"


@pytest.mark.parametrize("way_out", [signal.SIGTERM, signal.SIGINT])
def test_it_tells_its_health_and_leaves_when_asked(tmp_path: Path, way_out: signal.Signals) -> None:
    port = find_free_port()
    environ = {
        **os.environ,
        "PYTHONPATH": str(PACKAGES),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing",
        "KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1",
        "KAFKA_API_VERSION": "2.3",
        "HEALTH_PORT": str(port),
        "PUBLIC_URL": "http://127.0.0.1",
        **{f"{name}_PUBLIC_KEY": new_key_pair()[1] for name in ("SESSION", "LINK", "OPS_TOKEN")},
    }
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "greetings", "relay"], env=environ, stdout=log, stderr=log
        )
    try:
        await_live(f"http://127.0.0.1:{port}", process)
        ready = httpx.get(f"http://127.0.0.1:{port}/health/ready", timeout=30)
        assert ready.status_code == 503
        process.send_signal(way_out)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
    assert '"event": "stopped"' in (tmp_path / "log").read_text()


def await_live(url: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            assert httpx.get(f"{url}/health/live").status_code == 200
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("did not start")
