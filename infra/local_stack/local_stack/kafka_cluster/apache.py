"""An Apache Kafka cluster of one or three nodes, started from its jars, without Docker."""

import base64
import os
import signal
import subprocess
import time
import uuid
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import MappingProxyType

from local_stack.kafka_cluster.cluster import KafkaAddress, KafkaUnavailable
from local_stack.kafka_cluster.credentials import ADMIN, keep_credentials
from local_stack.kafka_cluster.jars import find_classpath, find_java
from local_stack.kafka_cluster.node import ApacheNode, Voter
from local_stack.kafka_cluster.readiness import brokers_answering
from local_stack.kafka_cluster.security import PLAIN, Security
from local_stack.machine import children
from operator_cli.private_files import write_private

KIND = "apache"
SIZES = (1, 3)


class ApacheKafka:
    """A cluster with its data in one folder, which survives restarts.

    Nodes are numbered from 1. `prepare()` and the nodes' `command()` are for those who supervise the
    processes themselves; `start()`, `stop()`, `start_node()` and `stop_node()` run them as our children. Not
    thread-safe.
    """

    def __init__(
        self,
        folder: Path,
        broker_ports: Sequence[int],
        controller_ports: Sequence[int],
        *,
        jar_cache: Path,
        auto_create_topics: bool = False,
        environ: Mapping[str, str] = os.environ,
        mode: str = PLAIN,
        users: Sequence[str] = (),
        internal_ports: Sequence[int] = (),
        users_ports: Sequence[int] = (),
        more: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Find Java and the jars, downloading them if necessary. Raises KafkaUnavailable.

        In a secured mode the `users` (and the administrator) get credentials, and the nodes talk to each
        other on `internal_ports`. In plain mode users with a password connect to `users_ports`, if there are
        any. `more` are settings of every node that override our own.
        """
        if len(broker_ports) not in SIZES or len(controller_ports) != len(broker_ports):
            raise ValueError(f"a cluster has 1 or 3 nodes, not {len(broker_ports)}")
        java, classpath = find_java(environ), find_classpath(environ, jar_cache)
        self.security = _security(folder, mode, users)
        internal = internal_ports or [0] * len(broker_ports)
        for_users = dict(enumerate(users_ports, start=1))
        ports = zip(broker_ports, controller_ports, internal, strict=True)
        voters = [Voter(number, *pair) for number, pair in enumerate(ports, start=1)]
        cluster_id = _cluster_id(folder)
        self.folder = folder
        self.nodes = [
            ApacheNode(
                voter,
                voters,
                folder / f"node-{voter.node_id}",
                cluster_id,
                java,
                classpath,
                auto_create_topics,
                self.security,
                for_users.get(voter.node_id, 0),
                more,
            )
            for voter in voters
        ]
        servers = ",".join(f"127.0.0.1:{port}" for port in broker_ports)
        credentials = self.security.credentials if self.security else None
        users_servers = ",".join(f"127.0.0.1:{port}" for port in users_ports)
        self.address = KafkaAddress(KIND, servers, None, mode, credentials, users_servers)
        self._processes: dict[int, subprocess.Popen[bytes]] = {}

    def prepare(self) -> None:
        """Format nodes that are not formatted yet; may be repeated."""
        with ThreadPoolExecutor(len(self.nodes)) as pool:
            list(pool.map(ApacheNode.prepare, self.nodes))

    def is_answering(self, node: ApacheNode, least: int = 1) -> bool:
        """Whether this node serves, and sees this many nodes serving."""
        if self.security is None:
            return brokers_answering(f"127.0.0.1:{node.voter.broker_port}") >= least
        proof = self.security.credentials.librdkafka(ADMIN)
        return brokers_answering(f"127.0.0.1:{node.voter.internal_port}", proof=proof) >= least

    def make_users(self, node: ApacheNode) -> None:
        """Set the passwords of all users, through this node; does nothing if none are required."""
        if self.security is not None:
            self.security.make_users(f"127.0.0.1:{node.voter.internal_port}")

    def start(self, timeout_seconds: float = 60.0) -> KafkaAddress:
        """Start all nodes and return when all of them answer. Raises KafkaUnavailable."""
        self.prepare()
        for node in self.nodes:
            self.start_node(node.voter.node_id)
        deadline = time.monotonic() + timeout_seconds
        while not self.is_answering(self.nodes[0], len(self.nodes)):
            ended = any(process.poll() is not None for process in self._processes.values())
            if ended or time.monotonic() > deadline:
                self.stop()
                raise KafkaUnavailable(f"Apache Kafka did not come up, see {self.folder}/node-*.log")
        self.make_users(self.nodes[0])
        return self.address

    def stop(self) -> None:
        """Stop all nodes at the same time: a controller without its quorum cannot shut down cleanly."""
        for process in self._processes.values():
            process.send_signal(signal.SIGTERM)
        for number in list(self._processes):
            self.stop_node(number)

    def start_node(self, number: int) -> int:
        """Start one node without waiting for it; return its process id."""
        with (self.folder / f"node-{number}.log").open("ab") as log:
            process = children.start(children.launched(self.nodes[number - 1].command()), log)
        self._processes[number] = process
        return process.pid

    def stop_node(self, number: int) -> None:
        """Stop one node; harmless if it is not running."""
        if (process := self._processes.pop(number, None)) is not None:
            children.stop(process, signal.SIGTERM, patience_seconds=30.0)


def _security(folder: Path, mode: str, users: Sequence[str]) -> Security | None:
    if mode == PLAIN:
        return None
    return Security(mode, keep_credentials(folder / "security", users), tuple(users))


def _cluster_id(folder: Path) -> str:
    """Return the cluster's id, generated at the first start."""
    path = folder / "cluster_id"
    if not path.exists():
        write_private(path, base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("="))
    return path.read_text()
