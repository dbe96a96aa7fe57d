"""A claimed delivery as the request that goes out: signed by Standard Webhooks, a CloudEvent inside."""

from integrations.adapters.cloud_events import BINARY_TYPE, STRUCTURED_TYPE, binary, structured
from integrations.adapters.sending.delivery_queue import Claimed, SendingEndpoint
from integrations.adapters.signing_secrets import SigningSecrets
from integrations.domain.endpoints import BodyKind


def request_of(
    claimed: Claimed, endpoint: SendingEndpoint, signing: SigningSecrets, now: float
) -> tuple[dict[str, str], bytes]:
    """Headers and body. ``webhook-id`` is the event's id, the same for every attempt and replay."""
    if endpoint.body == BodyKind.BINARY:
        headers, body = binary(claimed.attributes), claimed.data.encode()
        headers["content-type"] = BINARY_TYPE
    else:
        headers, body = {"content-type": STRUCTURED_TYPE}, structured(claimed.attributes, claimed.data)
    keys = [(kind, key) for kind, key, ends_at in endpoint.secrets if ends_at is None or ends_at > now]
    message_id = str(claimed.event_id)
    headers["webhook-id"] = message_id
    headers["webhook-timestamp"] = str(int(now))
    headers["webhook-signature"] = signing.signatures(keys, message_id, int(now), body)
    return headers, body
