"""What this service subscribes to; operators' acts on events are refused where it subscribes to nothing."""

from typing import Any

from chassis.messaging.subscriptions import Subscriptions
from chassis.service import Service


class NoSubscriptions(Exception):
    """The service consumes no events, so it has no lanes, dead letters or positions."""


def subscriptions_of(service: Service) -> Subscriptions[Any]:
    """Raises NoSubscriptions."""
    if service.subscriptions is None:
        raise NoSubscriptions(f"{service.name} subscribes to no topic.")
    return service.subscriptions
