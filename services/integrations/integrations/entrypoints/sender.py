"""The process that sends webhooks: one event loop, any number of endpoints side by side."""

import asyncio
import resource
import threading
from collections.abc import Callable

from integrations.adapters.sending.delivery_queue import DeliveryQueue
from integrations.adapters.sending.ownership import Ownership
from integrations.adapters.sending.sender import Sender
from integrations.adapters.sending.webhook_client import WebhookClient
from integrations.bootstrap import IntegrationsService


def create_sender(service: IntegrationsService) -> Callable[[threading.Event], None]:
    def send(stop: threading.Event) -> None:
        _open_as_many_as_allowed()
        asyncio.run(_send(service, stop))

    return send


async def _send(service: IntegrationsService, stop: threading.Event) -> None:
    settings = service.settings
    stopped = asyncio.Event()
    queue = DeliveryQueue(
        settings.database_url,
        settings.database_timeouts,
        Ownership(settings.takeover, settings.sender_instance),
        disable_after=settings.retries.disable_after,
        lease=settings.lease,
    )
    client = WebhookClient(
        service.addresses, timeout_seconds=settings.timeout_seconds, ca_file=settings.ca_file
    )
    sender = Sender(queue, client, service.signing, settings.retries, settings.timeout_seconds)
    loop = asyncio.get_running_loop()
    threading.Thread(
        target=lambda: stop.wait() and loop.call_soon_threadsafe(stopped.set), name="stopping", daemon=True
    ).start()
    try:
        await sender.run(stopped)
    finally:
        await client.close()
        await queue.close()


def _open_as_many_as_allowed() -> None:
    """Each request that hangs holds a socket: the usual soft limit is a thousand."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
