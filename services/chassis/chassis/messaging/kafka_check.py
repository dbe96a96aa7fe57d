"""Pings the Kafka cluster, for readiness."""

import threading
import time
from collections.abc import Collection

import structlog
from kafka.admin import KafkaAdminClient
from kafka.errors import BrokerNotAvailableError, TopicAuthorizationFailedError

from chassis.messaging.kafka_clients import make_admin
from chassis.messaging.kafka_refusals import KafkaRefused
from chassis.messaging.watched_client import as_refusal
from chassis.settings.kafka_address import KafkaAddress

log = structlog.stdlib.get_logger(__name__)

_ASK_AGAIN_SECONDS = 30.0


class KafkaCheck:
    """Callable that raises while no broker answers, or one of ``topics`` is not for us to know.

    A consumer that loses the right to one topic goes on with the others, and nothing else tells of it.
    Keeps one client, made at the first call.
    """

    def __init__(self, address: KafkaAddress, topics: Collection[str] = ()) -> None:
        self._address = address
        self._topics = sorted(topics)
        self._lock = threading.Lock()
        self._client: KafkaAdminClient | None = None
        self._refused: KafkaRefused | None = None
        self._ask_again_at = 0.0

    def __call__(self) -> None:
        """Blocks for up to 15 s without a cluster. After a refusal, waits 30 s before asking again."""
        with self._lock:
            if self._refused is not None and time.monotonic() < self._ask_again_at:
                raise self._refused
            try:
                self._ask()
            except KafkaRefused as refused:
                log.error("kafka refused access", cause=str(refused), wait_seconds=_ASK_AGAIN_SECONDS)
                self._refused = refused
                self._ask_again_at = time.monotonic() + _ASK_AGAIN_SECONDS
                raise
            self._refused = None

    def _ask(self) -> None:
        client = self._client or make_admin(self._address)
        try:
            brokers = client.describe_cluster()["brokers"]
            forbidden = self._forbidden(client)
        except Exception:
            self._client = None
            client.close()
            raise
        self._client = client
        if not brokers:
            raise BrokerNotAvailableError
        if forbidden:
            raise as_refusal(TopicAuthorizationFailedError(forbidden), self._address)

    def _forbidden(self, client: KafkaAdminClient) -> list[str]:
        if not self._topics:
            return []
        code = TopicAuthorizationFailedError.errno
        topics = client.describe_topics(self._topics)
        return [topic["name"] for topic in topics if topic["error_code"] == code]
