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


def read_public_key(pem: str) -> Ed25519PublicKey:
    """Raises ValueError when it is not an Ed25519 public key; the message never repeats the text."""
    try:
        key = load_pem_public_key(_bytes(pem))
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError("must be an Ed25519 public key in PEM (BEGIN PUBLIC KEY)")
    return key


def read_private_key(pem: str) -> Ed25519PrivateKey:
    """Raises ValueError when it is not an unencrypted Ed25519 private key; never repeats the text."""
    try:
        key = load_pem_private_key(_bytes(pem), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise ValueError("must be an unencrypted Ed25519 private key in PEM (BEGIN PRIVATE KEY)")
    return key


def new_key_pair() -> tuple[str, str]:
    """A fresh pair as PEM: first the private key, then the public one."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return private.decode(), public.decode()


def _bytes(pem: str) -> bytes:
    return pem.replace("\\n", "\n").strip().encode()
