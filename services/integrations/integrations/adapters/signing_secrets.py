"""The secrets of endpoints: generated, encrypted at rest, and used for Standard Webhooks signatures.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import hashlib
import hmac
import secrets
from base64 import b64encode
from collections.abc import Callable, Sequence
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from integrations.domain.endpoints import SecretKind

_KEY_BYTES = 32
Signer = Callable[[bytes], str]


class SecretUnreadable(Exception):
    """It was encrypted with a key that is no longer in WEBHOOK_SECRET_KEYS."""


def read_encryption_keys(text: str) -> MultiFernet:
    """From ``key[,key…]``: the first one encrypts, all of them decrypt. Raises ValueError."""
    try:
        return MultiFernet([Fernet(key.strip()) for key in text.split(",")])
    except ValueError:
        what = "must be Fernet keys (32 bytes in URL-safe base64), joined by commas"
        raise ValueError(what) from None


class SigningSecrets:
    """Implements `SecretMaker`, and signs."""

    def __init__(self, encryption: MultiFernet) -> None:
        self._encryption = encryption
        self._signer_of = lru_cache(maxsize=10_000)(self._new_signer)

    def seal(self, secret: bytes) -> bytes:
        """Encrypted with the first key."""
        return self._encryption.encrypt(secret)

    def open(self, sealed: bytes) -> bytes | None:
        """None if the key that encrypted it is gone."""
        try:
            return self._encryption.decrypt(sealed)
        except InvalidToken:
            return None

    def draw(self, kind: SecretKind) -> tuple[str, bytes, str | None]:
        """The owner gets the key itself for HMAC, the public key for Ed25519; private ones stay here."""
        if kind is SecretKind.HMAC:
            key = secrets.token_bytes(_KEY_BYTES)
            return f"whsec_{b64encode(key).decode()}", self._encryption.encrypt(key), None
        private = Ed25519PrivateKey.generate()
        public = f"whpk_{b64encode(private.public_key().public_bytes_raw()).decode()}"
        return public, self._encryption.encrypt(private.private_bytes_raw()), public

    def signatures(
        self, keys: Sequence[tuple[str, bytes]], message_id: str, timestamp: int, body: bytes
    ) -> str:
        """The value of ``webhook-signature``, by kind and encrypted key. Raises SecretUnreadable."""
        signed = f"{message_id}.{timestamp}.".encode() + body
        return " ".join(self._signer_of(kind, key)(signed) for kind, key in keys)

    def _new_signer(self, kind: str, encrypted: bytes) -> Signer:
        key = self.open(encrypted)
        if key is None:
            raise SecretUnreadable
        if kind == SecretKind.HMAC:
            return lambda signed: f"v1,{b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()}"
        private = Ed25519PrivateKey.from_private_bytes(key)
        return lambda signed: f"v1a,{b64encode(private.sign(signed)).decode()}"
