"""Events as Gangway sends them: signed by Standard Webhooks, structured or binary CloudEvents inside.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hashlib
import hmac
import json
import secrets
import time
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import quote

from consumer_kit.sample_events import SampleEvent

_SECRET_PREFIX = "whsec_"  # noqa: S105 - what secrets begin with
# Printable ASCII stands for itself in a header, but for what the HTTP binding of CloudEvents escapes.
_SAFE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')


class BodyKind(StrEnum):
    """How the event stands in the request; an endpoint chooses one."""

    STRUCTURED = "structured"
    BINARY = "binary"


@dataclass(frozen=True)
class Secret:
    """A key that both sides know."""

    key: bytes

    @classmethod
    def read(cls, text: str) -> "Secret":
        """Of ``whsec_…``. Raises ValueError."""
        try:
            key = b64decode(text.removeprefix(_SECRET_PREFIX), validate=True)
        except NotBase64:
            key = b""
        if not text.startswith(_SECRET_PREFIX) or not key:
            raise ValueError("a secret looks like whsec_ and some base64")
        return cls(key)

    @classmethod
    def draw(cls) -> "Secret":
        return cls(secrets.token_bytes(32))

    def __str__(self) -> str:
        return f"{_SECRET_PREFIX}{b64encode(self.key).decode()}"

    def signature(self, message_id: str, timestamp: str, body: bytes) -> str:
        """One entry of ``webhook-signature``."""
        signed = f"{message_id}.{timestamp}.".encode() + body
        return f"v1,{b64encode(hmac.digest(self.key, signed, hashlib.sha256)).decode()}"


@dataclass(frozen=True)
class Webhook:
    """One request: headers and body."""

    headers: Mapping[str, str | bytes]
    body: bytes

    def having(self, **changes: str | bytes | None) -> "Webhook":
        """With other headers (``webhook_id`` is `webhook-id`); None takes one away."""
        headers = dict(self.headers)
        for name, value in changes.items():
            headers.pop(name.replace("_", "-"), None)
            if value is not None:
                headers[name.replace("_", "-")] = value
        return Webhook(headers, self.body)


def webhook_of(
    event: SampleEvent,
    kind: BodyKind,
    secrets_in_use: Sequence[Secret],
    *,
    message_id: str | None = None,
    timestamp: str | None = None,
) -> Webhook:
    """The request of one attempt, now unless told otherwise."""
    message_id = message_id or event.id
    timestamp = timestamp if timestamp is not None else str(int(time.time()))
    headers, body = _content(event, kind)
    signatures = " ".join(one.signature(message_id, timestamp, body) for one in secrets_in_use)
    proof = {"webhook-id": message_id, "webhook-timestamp": timestamp, "webhook-signature": signatures}
    return Webhook(headers | proof, body)


def structured(event: SampleEvent) -> bytes:
    """The whole event in the JSON format of CloudEvents."""
    return _json({**event.attributes, "data": event.data})


def _content(event: SampleEvent, kind: BodyKind) -> tuple[dict[str, str | bytes], bytes]:
    if kind is BodyKind.STRUCTURED:
        return {"content-type": "application/cloudevents+json; charset=utf-8"}, structured(event)
    attributes = {name: value for name, value in event.attributes.items() if name != "datacontenttype"}
    headers: dict[str, str | bytes] = {
        f"ce-{name}": quote(value, safe=_SAFE) for name, value in attributes.items()
    }
    return {**headers, "content-type": "application/json"}, _json(event.data)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
