"""Web processes as they run in production, for tests that look at them from outside."""

import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import httpx

from chassis.identity.signing_keys import new_key_pair
from local_stack.machine.ports import find_free_port

PACKAGES = Path(__file__).parent / "example_packages"


@dataclass
class Running:
    """A web process and where it listens."""

    process: subprocess.Popen[bytes]
    port: int
    health_port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def health_url(self) -> str:
        return f"http://127.0.0.1:{self.health_port}"


def environment(database_url: str, kafka: str, api_version: str) -> dict[str, str]:
    return {
        **os.environ,
        "PYTHONPATH": str(PACKAGES),
        "DATABASE_URL": database_url,
        "KAFKA_BOOTSTRAP_SERVERS": kafka,
        "KAFKA_API_VERSION": api_version,
        "BIND": f"127.0.0.1:{find_free_port()}",
        "HEALTH_PORT": str(find_free_port()),
        "PUBLIC_URL": "http://127.0.0.1",
        "LOG_LEVEL": "DEBUG",
        **{f"{name}_PUBLIC_KEY": new_key_pair()[1] for name in ("SESSION", "LINK", "OPS_TOKEN")},
    }


def start_web(environ: dict[str, str], folder: Path) -> Running:
    log = folder / "log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "greetings", "web"], env=environ, cwd=folder, stdout=output, stderr=output
        )
    port = int(environ["BIND"].rpartition(":")[2])
    running = Running(process, port, int(environ["HEALTH_PORT"]), log)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            if httpx.get(f"{running.url}/health/live").status_code == 200:
                return running
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"did not start:\n{log.read_text()}")


def stop_web(running: Running) -> int:
    running.process.send_signal(signal.SIGTERM)
    return running.process.wait(30)
