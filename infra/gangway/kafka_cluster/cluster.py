"""What every cluster offers to those who start it, and what its clients have to know."""

from dataclasses import dataclass


class KafkaUnavailable(RuntimeError):
    """This kind of cluster cannot run on this machine, or did not come up; the message says why."""


@dataclass(frozen=True)
class KafkaAddress:
    """Where a running cluster is reached."""

    kind: str
    bootstrap_servers: str
    # The protocol version that kafka-python has to be told, where asking the cluster for it fails.
    api_version: tuple[int, ...] | None
