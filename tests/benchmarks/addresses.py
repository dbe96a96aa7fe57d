"""Kafka's address on a command line: servers, and the protocol's version where the client must be told."""

from chassis.settings import kafka_version
from chassis.settings.kafka_address import KafkaAddress
from local_stack.kafka_cluster import cluster


def words_of(address: cluster.KafkaAddress) -> tuple[str, str]:
    """Servers and version as words; no version is an empty word."""
    return address.bootstrap_servers, ".".join(map(str, address.api_version or ()))


def address_of(servers: str, version: str) -> KafkaAddress:
    """The inverse of `words_of`."""
    return KafkaAddress(bootstrap_servers=servers, api_version=kafka_version(version) if version else None)
