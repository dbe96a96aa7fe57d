"""An authenticator in software: makes credentials and signs with them, rightly or with anything forged."""

import hashlib
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import token_bytes
from struct import pack
from typing import Any

import cbor2
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def b64(value: bytes) -> str:
    return urlsafe_b64encode(value).decode().rstrip("=")


def raw(value: str) -> bytes:
    return urlsafe_b64decode(value + "==")


@dataclass
class SoftPasskey:
    """One credential on a device; ``count`` goes up with each use, as a security key's does."""

    origin: str
    user_handle: bytes = b""
    count: int = 0
    id: bytes = field(default_factory=lambda: token_bytes(32))

    def __post_init__(self) -> None:
        self._key = generate_private_key(SECP256R1())

    def create(self, options: Mapping[str, Any], **forged: Any) -> dict[str, Any]:
        """What `navigator.credentials.create` gives, as JSON."""
        self.user_handle = raw(options["user"]["id"])
        data = self._data(options["rp"]["id"], PRESENT | VERIFIED | ATTESTED, forged)
        attested = bytes(16) + pack(">H", len(self.id)) + self.id + self._public_key()
        statement = {"fmt": "none", "attStmt": {}, "authData": data + attested}
        return self._credential(
            clientDataJSON=b64(self._client_data("webauthn.create", options, forged)),
            attestationObject=b64(cbor2.dumps(statement)),
            transports=["internal"],
        )

    def get(self, options: Mapping[str, Any], **forged: Any) -> dict[str, Any]:
        """What `navigator.credentials.get` gives, as JSON."""
        self.count += 1
        data = self._data(options["rpId"], PRESENT | VERIFIED, forged)
        client_data = self._client_data("webauthn.get", options, forged)
        signed = data + hashlib.sha256(client_data).digest()
        return self._credential(
            clientDataJSON=b64(client_data),
            authenticatorData=b64(data),
            signature=b64(self._key.sign(signed, ECDSA(SHA256()))),
            userHandle=b64(forged.get("user_handle", self.user_handle)),
        )

    def _data(self, rp_id: str, flags: int, forged: Mapping[str, Any]) -> bytes:
        rp = hashlib.sha256(forged.get("rp_id", rp_id).encode()).digest()
        return rp + pack(">BI", forged.get("flags", flags), forged.get("count", self.count))

    def _client_data(self, ceremony: str, options: Mapping[str, Any], forged: Mapping[str, Any]) -> bytes:
        said = {
            "type": forged.get("type", ceremony),
            "challenge": forged.get("challenge", options["challenge"]),
            "origin": forged.get("origin", self.origin),
            "crossOrigin": False,
        }
        return json.dumps(said).encode()

    def _public_key(self) -> bytes:
        numbers = self._key.public_key().public_numbers()
        return cbor2.dumps(
            {1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}
        )

    def _credential(self, **response: Any) -> dict[str, Any]:
        return {
            "id": b64(self.id),
            "rawId": b64(self.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        }
