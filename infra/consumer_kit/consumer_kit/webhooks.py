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

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from consumer_kit.sample_events import SampleEvent

# Printable ASCII stands for itself in a header, but for what the HTTP binding of CloudEvents escapes.
_SAFE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')


class BodyKind(StrEnum):
    """How the event stands in the request; an endpoint chooses one."""

    STRUCTURED = "structured"
    BINARY = "binary"


class SecretKind(StrEnum):
    """How an endpoint is signed for; values are what the API calls `secret_kind`."""

    HMAC = "hmac"
    ED25519 = "ed25519"


_PREFIXES = {SecretKind.HMAC: "whsec_", SecretKind.ED25519: "whsk_"}
_SEED_BYTES = 32


@dataclass(frozen=True)
class Secret:
    """What signs: a key that both sides know, or the private one of which the receiver has the public one."""

    key: bytes
    kind: SecretKind = SecretKind.HMAC

    @classmethod
    def read(cls, text: str) -> "Secret":
        """Of ``whsec_…`` or ``whsk_…``. Raises ValueError."""
        prefix, _, rest = text.partition("_")
        kinds = {start: kind for kind, start in _PREFIXES.items()}
        kind = kinds.get(f"{prefix}_")
        try:
            key = b64decode(rest, validate=True)
        except NotBase64:
            key = b""
        if kind is SecretKind.ED25519 and len(key) not in {_SEED_BYTES, 2 * _SEED_BYTES}:
            key = b""
        if kind is None or not key:
            raise ValueError("a secret looks like whsec_ (or whsk_, for Ed25519) and some base64")
        return cls(key, kind)

    @classmethod
    def draw(cls, kind: SecretKind = SecretKind.HMAC) -> "Secret":
        secret = cls(secrets.token_bytes(_SEED_BYTES), kind)
        # A private key is written with the public one behind it.
        return secret if secret.public_key is None else cls(secret.key + secret._public_bytes(), kind)

    def __str__(self) -> str:
        return f"{_PREFIXES[self.kind]}{b64encode(self.key).decode()}"

    @property
    def public_key(self) -> str | None:
        """What a receiver is given to verify ``v1a`` with; None where it is given the secret itself."""
        if self.kind is SecretKind.HMAC:
            return None
        return f"whpk_{b64encode(self._public_bytes()).decode()}"

    def signature(self, message_id: str, timestamp: str, body: bytes) -> str:
        """One entry of ``webhook-signature``."""
        return self.proof(f"{message_id}.{timestamp}.".encode() + body)

    def proof(self, signed: bytes) -> str:
        """The entry for other bytes, as somebody signs who got the rule wrong."""
        if self.kind is SecretKind.ED25519:
            return f"v1a,{b64encode(self._private_key().sign(signed)).decode()}"
        return f"v1,{b64encode(hmac.digest(self.key, signed, hashlib.sha256)).decode()}"

    def _private_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.key[:_SEED_BYTES])

    def _public_bytes(self) -> bytes:
        return self._private_key().public_key().public_bytes_raw()


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
