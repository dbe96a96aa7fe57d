"""An event as the request that goes out: signed by Standard Webhooks, a CloudEvent inside."""

from collections.abc import Sequence
from uuid import UUID

from integrations.adapters.cloud_events import BINARY_TYPE, STRUCTURED_TYPE, binary, structured
from integrations.adapters.signing_secrets import SigningSecrets
from integrations.domain.endpoints import BodyKind


def request_of(
    event_id: UUID,
    event: tuple[str, str],
    body_kind: str,
    *,
    signing: SigningSecrets,
    keys: Sequence[tuple[str, bytes]],
    at: float,
) -> tuple[dict[str, str], bytes]:
    """Headers and body of an event's attributes and data, both JSON. Raises SecretUnreadable.

    ``webhook-id`` is the event's id, the same for every attempt and replay.
    """
    if body_kind == BodyKind.BINARY:
        headers, body = binary(event[0]), event[1].encode()
        headers["content-type"] = BINARY_TYPE
    else:
        headers, body = {"content-type": STRUCTURED_TYPE}, structured(*event)
    message_id = str(event_id)
    headers["webhook-id"] = message_id
    headers["webhook-timestamp"] = str(int(at))
    headers["webhook-signature"] = signing.signatures(keys, message_id, int(at), body)
    return headers, body
