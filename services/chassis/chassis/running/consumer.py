"""The process ``consumer`` of a service."""

import threading

from chassis.messaging.consumer.consumer import Consumer, ConsumerSettings
from chassis.service import Service


def run(service: Service, stop: threading.Event) -> None:
    """Consume until ``stop`` is set; raises where only a person can help."""
    if service.subscriptions is None:
        raise RuntimeError(f"{service.name} subscribes to no topic, so it has no consumer.")
    settings = service.settings
    Consumer(
        service.database,
        service.subscriptions,
        service.work_factory,
        settings.kafka,
        ConsumerSettings(
            type_prefix=settings.event_type_prefix,
            instance=settings.backbone.consumer_instance,
            flood=settings.backbone.flood,
        ),
    ).run(stop)
