"""Ed25519 keys as settings carry them: PEM text, line breaks possibly written as ``\\n``."""

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

_PRIVATE = "PRIVATE KEY"
_PUBLIC_WANTED = "must be an Ed25519 public key in PEM (BEGIN PUBLIC KEY)"
_PRIVATE_WANTED = "must be an unencrypted Ed25519 private key in PEM (BEGIN PRIVATE KEY)"


def read_public_key(pem: str) -> Ed25519PublicKey:
    """Raises ValueError if it is not an Ed25519 public key; the message never repeats the text."""
    if _PRIVATE in pem:
        raise ValueError(f"holds a private key: {_PUBLIC_WANTED}. Treat that private key as lost")
    try:
        key = load_pem_public_key(_bytes(pem))
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError(f"is damaged, or no key at all: {_PUBLIC_WANTED}") from None
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError(f"is a key of another kind: {_PUBLIC_WANTED}")
    return key


def read_private_key(pem: str) -> Ed25519PrivateKey:
    """Raises ValueError if it is not an unencrypted Ed25519 private key; never repeats the text."""
    if "PUBLIC KEY" in pem:
        raise ValueError(f"holds a public key: {_PRIVATE_WANTED}")
    try:
        key = load_pem_private_key(_bytes(pem), password=None)
    except TypeError:
        raise ValueError(f"is encrypted: {_PRIVATE_WANTED}") from None
    except (ValueError, UnsupportedAlgorithm):
        raise ValueError(f"is damaged, or no key at all: {_PRIVATE_WANTED}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError(f"is a key of another kind: {_PRIVATE_WANTED}")
    return key


def new_key_pair() -> tuple[str, str]:
    """A new pair as PEM: first the private key, then the public one."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def _bytes(pem: str) -> bytes:
    return pem.replace("\\n", "\n").strip().encode()
