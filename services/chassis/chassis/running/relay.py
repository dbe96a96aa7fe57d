"""The process ``relay`` of a service."""

import threading

from chassis.messaging.relay.relay import Relay, RelaySettings
from chassis.service import Service


def run(service: Service, stop: threading.Event) -> None:
    """Publish until ``stop`` is set."""
    settings = service.settings
    relay_settings = RelaySettings(
        database=settings.database_timeouts,
        send_deadline_seconds=settings.backbone.send_deadline_seconds,
        compacted=service.compacted,
    )
    Relay(settings.database_url, settings.kafka, name=f"{service.name}-relay", settings=relay_settings).run(
        stop
    )
