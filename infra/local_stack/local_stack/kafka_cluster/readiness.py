"""Asks a cluster whether it is ready."""

import logging
from collections.abc import Mapping
from types import MappingProxyType

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

_PATIENCE_SECONDS = 2.0
_SILENT = logging.getLogger("local_stack.kafka_cluster.probe")
_SILENT.addHandler(logging.NullHandler())
_SILENT.propagate = False


def brokers_answering(
    bootstrap_servers: str,
    proof: Mapping[str, str | int | float | bool] = MappingProxyType({}),
) -> int:
    """Return how many brokers are alive according to the cluster, 0 if it cannot be asked.

    `proof` are librdkafka's settings with the client's credentials.
    """
    settings: dict[str, str | int | float | bool] = {
        "bootstrap.servers": bootstrap_servers,
        "reconnect.backoff.ms": 50,
        "reconnect.backoff.max.ms": 200,
        **proof,
    }
    try:
        return len(AdminClient(settings, logger=_SILENT).list_topics(timeout=_PATIENCE_SECONDS).brokers)
    except KafkaException:
        return 0
