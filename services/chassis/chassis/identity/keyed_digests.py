"""Digests of what must not stand in a table in clear, and could be guessed from a plain digest."""

from hashlib import blake2b

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class KeyedDigests:
    """The same for the same words and key; a new key makes all that was kept before forgotten."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = blake2b(key.private_bytes_raw(), digest_size=32, person=b"digests").digest()

    def of(self, *words: str) -> bytes:
        return blake2b("\n".join(words).encode(), digest_size=16, key=self._key).digest()
