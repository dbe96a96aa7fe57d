"""The process ``relay`` of a service."""

import threading

from chassis.messaging.kafka_clients import KafkaAddress
from chassis.messaging.relay.relay import Relay, RelaySettings
from chassis.running.garbage import collect_rarely
from chassis.service import Service


def run(service: Service, stop: threading.Event) -> None:
    """Publish until ``stop`` is set."""
    collect_rarely()
    settings = service.settings
    address = KafkaAddress(
        bootstrap_servers=settings.kafka_bootstrap_servers, api_version=settings.kafka_api_version
    )
    relay_settings = RelaySettings(
        database=settings.database_timeouts,
        send_deadline_seconds=settings.backbone.send_deadline_seconds,
        compacted=service.compacted,
    )
    Relay(settings.database_url, address, name=f"{service.name}-relay", settings=relay_settings).run(stop)
