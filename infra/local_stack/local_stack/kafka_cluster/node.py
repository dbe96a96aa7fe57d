"""One node of an Apache Kafka cluster in KRaft mode: broker and controller in one Java process."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from local_stack.kafka_cluster.cluster import KafkaUnavailable
from local_stack.kafka_cluster.jars import KAFKA_FOLDER
from local_stack.kafka_cluster.security import Security, scram_users

LIGHT_JVM = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Djava.awt.headless=true")


@dataclass(frozen=True)
class Voter:
    """The addresses of one node: for clients, for controllers, and for other brokers if separate."""

    node_id: int
    broker_port: int
    controller_port: int
    internal_port: int = 0


@dataclass(frozen=True)
class ApacheNode:
    """One node: its folder, its settings, and the commands that format and run it."""

    voter: Voter
    voters: Sequence[Voter]
    folder: Path
    cluster_id: str
    java: str
    classpath: str
    auto_create_topics: bool = False
    security: Security | None = None
    # For users with a password, beside the others, who need none.
    users_port: int = 0
    # Further settings, which override our own.
    more: Mapping[str, str] = field(default_factory=dict)

    def prepare(self) -> None:
        """Rewrite the settings, and format the data folder if it is still empty."""
        self.folder.mkdir(parents=True, exist_ok=True)
        lines = [f"{name}={_escaped(str(value))}\n" for name, value in self._properties().items()]
        self._configuration.touch(mode=0o600)
        self._configuration.write_text("".join(lines))
        if (self._data / "meta.properties").exists():
            return
        # As one argument: one id in 64 begins with a dash.
        cluster = f"--cluster-id={self.cluster_id}"
        tool = ["kafka.tools.StorageTool", "format", cluster, "-c", str(self._configuration)]
        done = subprocess.run([*self._jvm(), *tool], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise KafkaUnavailable(f"formatting {self._data} failed:\n{done.stdout}{done.stderr}")

    def command(self) -> list[str]:
        """Return the command that runs the node in the foreground; SIGTERM stops it cleanly."""
        return [*self._jvm(), "kafka.Kafka", str(self._configuration)]

    @property
    def _configuration(self) -> Path:
        return self.folder / "server.properties"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    def _jvm(self) -> list[str]:
        log = f"-Dlog4j2.configurationFile={KAFKA_FOLDER / 'log4j2.properties'}"
        # Java decodes file names by the locale, and the C locale is ASCII only.
        in_folder = ["sh", "-c", 'cd "$0" && exec "$@"', str(self.folder)]
        return [*in_folder, "env", "LC_ALL=C.UTF-8", self.java, *LIGHT_JVM, log, "-cp", self.classpath]

    def _properties(self) -> dict[str, str | int]:
        copies = min(3, len(self.voters))
        in_sync = max(1, copies - 1)
        quorum = ",".join(f"{voter.node_id}@127.0.0.1:{voter.controller_port}" for voter in self.voters)
        return {
            "process.roles": "broker,controller",
            "node.id": self.voter.node_id,
            "controller.quorum.voters": quorum,
            "inter.broker.listener.name": "BROKER",
            **listeners(self.voter.broker_port, self.voter.controller_port),
            "controller.listener.names": "CONTROLLER",
            # Relative to the node's folder: a comma in an absolute path would split it.
            "log.dirs": self._data.name,
            "auto.create.topics.enable": str(self.auto_create_topics).lower(),
            "num.partitions": 4,
            "default.replication.factor": copies,
            "min.insync.replicas": in_sync,
            "offsets.topic.replication.factor": copies,
            "offsets.topic.num.partitions": 5,
            "transaction.state.log.replication.factor": copies,
            "transaction.state.log.min.isr": in_sync,
            "transaction.state.log.num.partitions": 5,
            "group.initial.rebalance.delay.ms": 0,
            **self._secured(),
            **self.more,
        }

    def _secured(self) -> dict[str, str]:
        if self.security is None:
            return self._with_users() if self.users_port else {}
        voter, protocol = self.voter, self.security.broker_protocol
        clients = f"BROKER://127.0.0.1:{voter.broker_port},INTERNAL://127.0.0.1:{voter.internal_port}"
        return {
            **self.security.properties(),
            "listeners": f"{clients},CONTROLLER://127.0.0.1:{voter.controller_port}",
            "advertised.listeners": clients,
            "listener.security.protocol.map": f"BROKER:{protocol},INTERNAL:SSL,CONTROLLER:SSL",
        }

    def _with_users(self) -> dict[str, str]:
        """One more listener, for users with passwords and ACLs; the others allow everybody everything."""
        for_all = listeners(self.voter.broker_port, self.voter.controller_port)
        users = f",USERS://127.0.0.1:{self.users_port}"
        return {
            "listeners": for_all["listeners"] + users,
            "advertised.listeners": for_all["advertised.listeners"] + users,
            "listener.security.protocol.map": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT,USERS:SASL_PLAINTEXT",
            **scram_users("users"),
            "super.users": "User:ANONYMOUS",
        }


def listeners(broker_port: int, controller_port: int) -> dict[str, str]:
    broker = f"BROKER://127.0.0.1:{broker_port}"
    return {
        "listeners": f"{broker},CONTROLLER://127.0.0.1:{controller_port}",
        "advertised.listeners": broker,
        "listener.security.protocol.map": "BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT",
    }


def _escaped(value: str) -> str:
    """Java reads property files as Latin-1, with JSON escapes for everything else."""
    return json.dumps(value)[1:-1]
