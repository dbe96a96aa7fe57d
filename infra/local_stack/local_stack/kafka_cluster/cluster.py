"""What every cluster offers to those who start it, and what its clients need to know."""

from dataclasses import dataclass

from local_stack.kafka_cluster.credentials import Credentials

# Settings of a client's credentials; those that the cluster does not require are unset.
_UNSET = dict.fromkeys(
    (
        "KAFKA_SECURITY_PROTOCOL",
        "KAFKA_SASL_MECHANISM",
        "KAFKA_SASL_USERNAME",
        "KAFKA_SASL_PASSWORD",
        "KAFKA_SASL_PASSWORD_FILE",
        "KAFKA_SASL_TOKEN_PROVIDER",
        "KAFKA_SSL_CAFILE",
        "KAFKA_SSL_CERTFILE",
        "KAFKA_SSL_KEYFILE",
        "KAFKA_SSL_KEY_PASSWORD",
        "KAFKA_SSL_KEY_PASSWORD_FILE",
    ),
    "",
)


class KafkaUnavailable(RuntimeError):
    """This kind of cluster cannot run on this machine, or did not start; the message says why."""


@dataclass(frozen=True)
class KafkaAddress:
    """How to reach a running cluster."""

    kind: str
    bootstrap_servers: str
    # The protocol version that kafka-python must be given if it cannot ask the cluster.
    api_version: tuple[int, ...] | None
    mode: str = "plain"
    credentials: Credentials | None = None
    # For users with a password, if all others need none.
    users_servers: str = ""

    def environment(self, user: str) -> dict[str, str]:
        """The settings with which our clients connect as this user."""
        version = ".".join(map(str, self.api_version)) if self.api_version else ""
        found = {"KAFKA_BOOTSTRAP_SERVERS": self.bootstrap_servers, "KAFKA_API_VERSION": version, **_UNSET}
        return found | (self.credentials.environment(self.mode, user) if self.credentials else {})
