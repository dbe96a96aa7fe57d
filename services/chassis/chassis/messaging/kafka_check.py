"""Asks the Kafka cluster for a sign of life, for readiness."""

import threading

from kafka.admin import KafkaAdminClient
from kafka.errors import BrokerNotAvailableError

from chassis.messaging.kafka_clients import KafkaAddress, make_admin


class KafkaCheck:
    """Callable that raises while no broker answers. Keeps one client, made at the first call."""

    def __init__(self, address: KafkaAddress) -> None:
        self._address = address
        self._lock = threading.Lock()
        self._client: KafkaAdminClient | None = None

    def __call__(self) -> None:
        """Blocks for up to 15 s while the cluster is away."""
        with self._lock:
            client = self._client or make_admin(self._address)
            try:
                brokers = client.describe_cluster()["brokers"]
            except Exception:
                self._client = None
                client.close()
                raise
            self._client = client
        if not brokers:
            raise BrokerNotAvailableError
