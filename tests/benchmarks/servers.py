"""One PostgreSQL and one Kafka for a whole run, and the processes that are measured on them."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

import httpx
from kafka.admin import KafkaAdminClient
from tests.benchmarks.progress import say

from local_stack.kafka_cluster import apache
from local_stack.kafka_cluster.choice import choose_cluster
from local_stack.kafka_cluster.cluster import KafkaAddress
from local_stack.machine import children
from local_stack.machine.ports import find_free_port
from local_stack.postgres import LocalPostgres

REPOSITORY = Path(__file__).resolve().parents[2]


class Servers:
    """Started when first asked for, with the settings of the local stack, stopped at the end in any case."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="gangway-bench-"))
        self._stack = ExitStack()
        self._stack.callback(shutil.rmtree, self.folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def new_folder(self, name: str) -> Path:
        """An empty folder, gone at the end of the run; several rows may ask by the same name."""
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))

    @cached_property
    def postgres(self) -> LocalPostgres:
        """Durable, as it would run for real: a commit waits for the disk."""
        server = LocalPostgres(self.folder / "postgres", find_free_port(), secrets.token_urlsafe())
        self._stack.callback(server.stop)
        server.start()
        return server

    @cached_property
    def postgres_pid(self) -> int:
        return int((self.postgres.data / "postmaster.pid").read_text().split()[0])

    @cached_property
    def kafka(self) -> KafkaAddress:
        """One node that makes topics by itself."""
        cluster = choose_cluster(self.folder / "kafka", os.environ, say, auto_create_topics=True)
        self._stack.callback(cluster.stop)
        return cluster.start()

    @contextmanager
    def database(self, name: str) -> Iterator[str]:
        """The address of an empty database, dropped at the end."""
        name = f"{name}_{uuid4().hex[:8]}"
        yield self.postgres.ensure_database(name, owner="bench", password="bench")
        self.postgres.drop_database(name)

    def topic(self, partitions: int = 12) -> str:
        """The name of a new topic; the built-in cluster chooses the number of partitions itself."""
        name = f"bench-{uuid4().hex[:8]}"
        if self.kafka.kind == apache.KIND:
            admin = KafkaAdminClient(bootstrap_servers=self.kafka.bootstrap_servers)
            options = {"num_partitions": partitions, "replication_factor": 1}
            admin.create_topics({name: options}, wait_for_metadata=True)
            admin.close()
        return name

    @contextmanager
    def process(
        self, name: str, command: Sequence[str], environ: Mapping[str, str]
    ) -> Iterator[subprocess.Popen[bytes]]:
        """Run one of our processes; its output goes to a file in `folder`."""
        with (self.folder / f"{name}.log").open("ab") as log:
            launched = children.launched([sys.executable, *command])
            process = children.start(launched, log, _environment(environ))
        try:
            yield process
        finally:
            children.stop(process, signal.SIGTERM, patience_seconds=15)

    def ask(self, name: str, command: Sequence[str], environ: Mapping[str, str] | None = None) -> str:
        """Run one of our programs to its end; what it printed. Its complaints go to a file in `folder`."""
        with (self.folder / f"{name}.log").open("ab") as log:
            launched = children.launched([sys.executable, *command])
            done = subprocess.run(
                launched,
                stdout=subprocess.PIPE,
                stderr=log,
                env=_environment(environ or {}),
                text=True,
                check=True,
            )
        return done.stdout


def _environment(environ: Mapping[str, str]) -> dict[str, str]:
    inherited = {key: os.environ[key] for key in ("PATH", "HOME", "LANG") if key in os.environ}
    return {**inherited, "PYTHONPATH": str(REPOSITORY), "PYTHONUNBUFFERED": "1", **environ}


def await_http(url: str, process: subprocess.Popen[bytes], timeout_seconds: float = 30) -> None:
    """Return once the address answers at all; raises RuntimeError when the process ends or time is up."""
    deadline = time.monotonic() + timeout_seconds
    while process.poll() is None and time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            httpx.get(url, timeout=2)
            return
        time.sleep(0.05)
    raise RuntimeError(f"{url} does not answer")
