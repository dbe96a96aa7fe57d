"""The request of a delivery as it goes out, for people to look at."""

from collections.abc import Sequence
from datetime import datetime

from integrations.adapters.sending.delivery_queue import Claimed, SendingEndpoint
from integrations.adapters.sending.webhook_requests import request_of
from integrations.adapters.signing_secrets import SecretUnreadable, SigningSecrets
from integrations.domain.deliveries import Delivery
from integrations.domain.endpoints import Endpoint, Order, Secret


def request_again(
    delivery: Delivery,
    endpoint: Endpoint,
    sent: tuple[str, str],
    *,
    secrets: Sequence[Secret],
    signing: SigningSecrets,
    at: datetime,
) -> tuple[dict[str, str], str] | None:
    """Headers and body of the attempt at that time, signed with the secrets that count now.

    ``sent`` are the event's attributes and data. None while a secret cannot be read.
    """
    claimed = Claimed(
        endpoint_id=endpoint.id,
        position=delivery.position,
        claim=0,
        tries=0,
        attempts=delivery.attempts,
        event_id=delivery.event_id,
        partner_id=delivery.partner_id,
        attributes=sent[0],
        data=sent[1],
        is_permitted=True,
        lease_ends_at=0.0,
    )
    sending = SendingEndpoint(
        id=endpoint.id,
        url=endpoint.url,
        is_ordered=endpoint.order is Order.PARTNER,
        body=str(endpoint.body),
        concurrency=endpoint.concurrency,
        rate_per_second=endpoint.rate_per_second,
        held_seconds=0.0,
        secrets=tuple((str(secret.kind), secret.key, None) for secret in secrets),
    )
    try:
        headers, body = request_of(claimed, sending, signing, at.timestamp())
    except SecretUnreadable:
        return None
    return headers, body.decode()
