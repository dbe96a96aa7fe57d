"""One node of Apache Kafka that serves every way of proving oneself at once, each on a port of its own."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from local_stack.kafka_cluster.apache import ApacheKafka
from local_stack.kafka_cluster.choice import JAR_CACHE
from local_stack.kafka_cluster.credentials import Credentials
from local_stack.kafka_cluster.security import SCRAM
from local_stack.machine.ports import find_free_port

USERS = ("onboarding", "provisioning", "notifications", "stranger", "observer")
_OAUTH = "org.apache.kafka.common.security.oauthbearer.OAuthBearerLoginModule required;"
_PLAIN = 'org.apache.kafka.common.security.plain.PlainLoginModule required user_onboarding="plain-secret";'


class SecuredKafka:
    """The running node: by port, what a client in each mode is told."""

    def __init__(self, credentials: Credentials, ports: Mapping[str, int]) -> None:
        self.credentials = credentials
        self.ports = ports

    def environ(self, mode: str, user: str, **changes: str) -> dict[str, str]:
        """The settings of a client of ours. Modes: scram, mtls, plain, oauth, open (none is asked for)."""
        servers = {"KAFKA_BOOTSTRAP_SERVERS": f"127.0.0.1:{self.ports[mode]}"}
        authority = {
            "KAFKA_SECURITY_PROTOCOL": "SASL_SSL",
            "KAFKA_SSL_CAFILE": str(self.credentials.authority),
        }
        match mode:
            case "scram" | "mtls":
                return servers | self.credentials.environment(mode, user) | changes
            case "plain":
                proof = {"KAFKA_SASL_USERNAME": user, "KAFKA_SASL_PASSWORD": "plain-secret"}
                return servers | authority | {"KAFKA_SASL_MECHANISM": "PLAIN"} | proof | changes
            case "oauth":
                return servers | authority | {"KAFKA_SASL_MECHANISM": "OAUTHBEARER"} | changes
            case _:
                return servers | changes


@contextmanager
def secured_kafka(folder: Path) -> Iterator[SecuredKafka]:
    """Start it; topics are made by administrators only."""
    ports = {
        mode: find_free_port() for mode in ("scram", "mtls", "plain", "oauth", "open", "internal", "quorum")
    }
    clients = ",".join(
        f"{name}://127.0.0.1:{ports[mode]}"
        for name, mode in {
            "BROKER": "scram",
            "INTERNAL": "internal",
            "MTLS": "mtls",
            "PLAIN": "plain",
            "OAUTH": "oauth",
            "OPEN": "open",
        }.items()
    )
    more = {
        "listeners": f"{clients},CONTROLLER://127.0.0.1:{ports['quorum']}",
        "advertised.listeners": clients,
        "listener.security.protocol.map": (
            "BROKER:SASL_SSL,INTERNAL:SSL,CONTROLLER:SSL,MTLS:SSL,PLAIN:SASL_SSL,OAUTH:SASL_SSL,OPEN:PLAINTEXT"
        ),
        "sasl.enabled.mechanisms": "SCRAM-SHA-512,PLAIN,OAUTHBEARER",
        "listener.name.broker.sasl.enabled.mechanisms": "SCRAM-SHA-512",
        "listener.name.plain.sasl.enabled.mechanisms": "PLAIN",
        "listener.name.oauth.sasl.enabled.mechanisms": "OAUTHBEARER",
        "listener.name.plain.ssl.client.auth": "none",
        "listener.name.oauth.ssl.client.auth": "none",
        "listener.name.plain.plain.sasl.jaas.config": _PLAIN,
        "listener.name.oauth.oauthbearer.sasl.jaas.config": _OAUTH,
    }
    cluster = ApacheKafka(
        folder,
        [ports["scram"]],
        [ports["quorum"]],
        jar_cache=JAR_CACHE,
        environ=os.environ,
        mode=SCRAM,
        users=USERS,
        internal_ports=[ports["internal"]],
        more=more,
    )
    cluster.start()
    try:
        assert cluster.security is not None
        yield SecuredKafka(cluster.security.credentials, ports)
    finally:
        cluster.stop()
