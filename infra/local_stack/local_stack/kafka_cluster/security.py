"""How an Apache Kafka node authenticates itself and others: settings of listeners and of the authorizer.

Clients use the listener BROKER, in the configured mode. The nodes talk to each other, and we create users, on
INTERNAL and CONTROLLER, which always require a certificate. Without an ACL only we and the nodes may do
anything.
"""

from dataclasses import dataclass

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from confluent_kafka.admin._scram import (
    ScramCredentialInfo,
    ScramMechanism,
    UserScramCredentialAlteration,
    UserScramCredentialUpsertion,
)

from local_stack.kafka_cluster.cluster import KafkaUnavailable
from local_stack.kafka_cluster.credentials import ADMIN, BROKER, Credentials

PLAIN = "plain"
SCRAM = "scram"
MTLS = "mtls"
MODES = (PLAIN, SCRAM, MTLS)
_SCRAM_ITERATIONS = 4096
_PATIENCE_SECONDS = 30.0


def scram_users(listener: str) -> dict[str, str]:
    """Settings of a listener whose users have passwords, and may do what ACLs allow."""
    return {
        "sasl.enabled.mechanisms": "SCRAM-SHA-512",
        f"listener.name.{listener}.scram-sha-512.sasl.jaas.config": (
            "org.apache.kafka.common.security.scram.ScramLoginModule required;"
        ),
        "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    }


@dataclass(frozen=True)
class Security:
    """The mode for clients, and everybody's credentials."""

    mode: str
    credentials: Credentials
    users: tuple[str, ...]

    @property
    def broker_protocol(self) -> str:
        return "SASL_SSL" if self.mode == SCRAM else "SSL"

    def properties(self) -> dict[str, str]:
        """A node's settings other than the addresses of its listeners."""
        return {
            "inter.broker.listener.name": "INTERNAL",
            "ssl.keystore.type": "PEM",
            "ssl.keystore.location": str(self.credentials.broker_keystore),
            "ssl.truststore.type": "PEM",
            "ssl.truststore.location": str(self.credentials.authority),
            "ssl.client.auth": "required",
            # A user with a certificate is named by its common name.
            "ssl.principal.mapping.rules": "RULE:^CN=([^,]+).*$/$1/,DEFAULT",
            **scram_users("broker"),
            "listener.name.broker.ssl.client.auth": "none" if self.mode == SCRAM else "required",
            "super.users": f"User:{BROKER};User:{ADMIN}",
        }

    def make_users(self, internal_servers: str) -> None:
        """Set the password of every user in the cluster; may be repeated. Raises KafkaUnavailable."""
        settings = {"bootstrap.servers": internal_servers, **self.credentials.librdkafka(ADMIN)}
        info = ScramCredentialInfo(ScramMechanism.SCRAM_SHA_512, _SCRAM_ITERATIONS)
        wanted: list[UserScramCredentialAlteration] = [
            UserScramCredentialUpsertion(user, info, self.credentials.password(user).read_bytes())
            for user in (*self.users, ADMIN)
        ]
        try:
            # Kept in a variable: pending requests die with the client.
            client = AdminClient(settings)
            for done in client.alter_user_scram_credentials(wanted).values():
                done.result(timeout=_PATIENCE_SECONDS)
        except (KafkaException, TimeoutError) as error:
            raise KafkaUnavailable(f"the users of Kafka could not be made: {error}") from error
