"""The process ``sender`` of a service that sends continuously to others' addresses."""

import threading

from chassis.service import Service


def run(service: Service, stop: threading.Event) -> None:
    """Send until ``stop`` is set."""
    if service.sender is None:
        raise RuntimeError(f"{service.name} has nothing to send, so it has no sender.")
    service.sender(stop)
