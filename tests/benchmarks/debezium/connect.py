"""One Kafka Connect worker, standalone, with the JVM settings that Kafka's own scripts give it."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import httpx
from tests.benchmarks.servers import REPOSITORY, Servers

from local_stack.kafka_cluster.jars import find_java
from local_stack.kafka_cluster.maven import checked_jars
from local_stack.machine import children
from local_stack.machine.ports import find_free_port

PINS = Path(__file__).parent
START_SECONDS = 60
JAR_CACHE = REPOSITORY / ".local" / "debezium" / "lib"
# KAFKA_HEAP_OPTS of connect-standalone.sh and KAFKA_JVM_PERFORMANCE_OPTS of kafka-run-class.sh.
JVM = (
    "-Xms256M",
    "-Xmx2G",
    "-server",
    "-XX:+UseG1GC",
    "-XX:MaxGCPauseMillis=20",
    "-XX:InitiatingHeapOccupancyPercent=35",
    "-XX:+ExplicitGCInvokesConcurrent",
    "-Djava.awt.headless=true",
)


class Worker:
    """A running worker and its REST interface; raises httpx.HTTPError where it refuses."""

    def __init__(self, pid: int, url: str) -> None:
        self.pid = pid
        self._http = httpx.Client(base_url=url, timeout=30, trust_env=False)

    def await_ready(self, process: subprocess.Popen[bytes]) -> None:
        """Return once it takes connectors, which is later than that its port opens; raises RuntimeError."""
        deadline = time.monotonic() + START_SECONDS
        while process.poll() is None and time.monotonic() < deadline:
            with suppress(httpx.HTTPError):
                self._http.get("/connectors").raise_for_status()
                return
            time.sleep(0.05)
        raise RuntimeError("Kafka Connect did not come up")

    def configure(self, connector: str, settings: Mapping[str, str]) -> None:
        """Make or change a connector; it starts by itself."""
        self._ask("PUT", connector, "config", dict(settings))

    def stop(self, connector: str) -> None:
        """End its tasks; their positions stay."""
        self._ask("PUT", connector, "stop")
        while self._status(connector)["tasks"]:
            time.sleep(0.1)

    def resume(self, connector: str) -> None:
        self._ask("PUT", connector, "resume")

    def delete(self, connector: str) -> None:
        self._ask("DELETE", connector, "")

    def check(self, connector: str) -> None:
        """Raise RuntimeError when a task of it has failed."""
        for task in self._status(connector)["tasks"]:
            if task["state"] == "FAILED":
                raise RuntimeError(task["trace"])

    def close(self) -> None:
        self._http.close()

    def _status(self, connector: str) -> Any:
        return self._http.get(f"/connectors/{connector}/status").raise_for_status().json()

    def _ask(self, method: str, connector: str, what: str, body: dict[str, str] | None = None) -> None:
        self._http.request(
            method, f"/connectors/{connector}/{what}".rstrip("/"), json=body
        ).raise_for_status()


@contextmanager
def connect_worker(servers: Servers) -> Iterator[Worker]:
    """Start a worker without connectors; raises JarsUnavailable or KafkaUnavailable where there is none."""
    java, classpath = find_java(os.environ), checked_jars(PINS, JAR_CACHE)
    folder = servers.new_folder("connect")
    url = f"http://127.0.0.1:{find_free_port()}"
    settings = folder / "worker.properties"
    settings.write_text(
        "".join(f"{name}={value}\n" for name, value in _settings(servers, folder, url).items())
    )
    logging = f"-Dlog4j2.configurationFile={PINS / 'log4j2.properties'}"
    main = ["org.apache.kafka.connect.cli.ConnectStandalone", str(settings)]
    with (folder / "connect.log").open("ab") as log:
        process = children.start(children.launched([java, *JVM, logging, "-cp", classpath, *main]), log)
    worker = Worker(process.pid, url)
    try:
        worker.await_ready(process)
        yield worker
    finally:
        worker.close()
        children.stop(process, signal.SIGTERM, patience_seconds=15)


def _settings(servers: Servers, folder: Path, url: str) -> dict[str, str]:
    return {
        "bootstrap.servers": servers.kafka.bootstrap_servers,
        "listeners": url,
        "offset.storage.file.filename": str(folder / "offsets"),
        "key.converter": "org.apache.kafka.connect.storage.StringConverter",
        "value.converter": "org.apache.kafka.connect.converters.ByteArrayConverter",
        "plugin.discovery": "service_load",
    }
