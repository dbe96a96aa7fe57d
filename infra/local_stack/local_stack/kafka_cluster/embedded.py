"""librdkafka's built-in cluster as a process: `python -m local_stack.kafka_cluster.embedded FILE [BROKERS]`.

It speaks the Kafka protocol on ports of its own choice, written to FILE when it is ready. It needs about 5 MB
of memory per partition, loses everything when it ends, and supports neither topic administration nor
compaction.
"""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from confluent_kafka import Producer

from local_stack.kafka_cluster.cluster import KafkaAddress, KafkaUnavailable
from local_stack.machine import children

KIND = "embedded"
API_VERSION = (2, 3)  # kafka-python cannot decode the handshake of newer versions
LIMITS = (
    "built-in Kafka: in memory only (about 5 MB per partition, older records vanish; empty after a restart), "
    "no topic administration, no compaction"
)


class EmbeddedKafka:
    """The built-in cluster as our child process. Not thread-safe."""

    def __init__(self, folder: Path, brokers: int = 1) -> None:
        self.folder = folder
        self._address_file = folder / "address"
        self._brokers = brokers
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """Return the command that runs it in the foreground; SIGTERM stops it."""
        return [sys.executable, "-m", __name__, str(self._address_file), str(self._brokers)]

    def prepare(self) -> None:
        """Forget the address of an earlier run."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._address_file.unlink(missing_ok=True)

    def address(self) -> KafkaAddress | None:
        """Return its address, None while it is not ready."""
        if not self._address_file.exists():
            return None
        return KafkaAddress(KIND, self._address_file.read_text(), API_VERSION)

    def start(self, timeout_seconds: float = 20.0) -> KafkaAddress:
        """Start it and return when it is ready. Raises KafkaUnavailable."""
        self.prepare()
        with (self.folder / "embedded.log").open("ab") as log:
            self._process = children.start(children.launched(self.command()), log)
        deadline = time.monotonic() + timeout_seconds
        while (address := self.address()) is None:
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                raise KafkaUnavailable(f"the built-in Kafka did not start, see {self.folder}/embedded.log")
            time.sleep(0.02)
        return address

    def stop(self) -> None:
        """Stop it; all records are lost. Harmless if it is not running."""
        if self._process is not None:
            children.stop(self._process, signal.SIGTERM)
            self._process = None


def serve(address_file: Path, brokers: int) -> None:
    """Run the cluster until SIGTERM or SIGINT."""
    signals = {signal.SIGTERM, signal.SIGINT}
    signal.pthread_sigmask(signal.SIG_BLOCK, signals)
    producer = Producer({"test.mock.num.brokers": brokers})
    found = producer.list_topics(timeout=10).brokers.values()
    fresh = address_file.with_suffix(".new")
    fresh.write_text(",".join(f"{broker.host}:{broker.port}" for broker in found))
    os.replace(fresh, address_file)
    signal.sigwait(signals)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]))
