"""Short signed statements (EdDSA JWTs) that a service verifies with a public key, without any request.

Each use has a media type of its own in the ``typ`` header, so that a token for one use is never taken
for another (RFC 8725, 3.11).
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LEEWAY = timedelta(seconds=30)
LONGEST_TOKEN = 4_096


class TokenInvalid(Exception):
    """Not a token of this use, not signed by the right key, or incomplete."""


class TokenExpired(TokenInvalid):
    """Genuine, but expired; ``claims`` tell what it was for."""

    def __init__(self, claims: Mapping[str, Any]) -> None:
        super().__init__("The token has expired.")
        self.claims = claims


def sign(key: Ed25519PrivateKey, use: str, claims: Mapping[str, Any], key_id: str | None = None) -> str:
    """A token whose ``typ`` is ``<use>+jwt``; times in ``claims`` may be aware datetimes."""
    header = {"typ": f"{use}+jwt"} | ({"kid": key_id} if key_id else {})
    return jwt.encode(dict(claims), key, algorithm="EdDSA", headers=header)


def verify(
    key: Ed25519PublicKey,
    use: str,
    token: str,
    *,
    required: tuple[str, ...],
    audience: str | None = None,
) -> dict[str, Any]:
    """The claims of a genuine token. Raises `TokenExpired` only if everything else is right."""
    if len(token) > LONGEST_TOKEN:
        raise TokenInvalid("The token is too long.")
    try:
        found = jwt.decode_complete(
            token,
            key,
            algorithms=["EdDSA"],
            audience=audience,
            leeway=LEEWAY,  # when it becomes valid; its expiry is checked below
            options={"require": ["exp", *required], "verify_exp": False, "verify_aud": audience is not None},
        )
    except (jwt.InvalidTokenError, ValueError) as error:
        raise TokenInvalid("The token cannot be used.") from error
    claims: dict[str, Any] = found["payload"]
    if found["header"].get("typ") != f"{use}+jwt" or not isinstance(claims["exp"], (int, float)):
        raise TokenInvalid("The token is meant for something else.")
    if datetime.now(UTC).timestamp() > claims["exp"] + LEEWAY.total_seconds():
        raise TokenExpired(claims)
    return claims


def key_id_of(token: str) -> str | None:
    """The key id in an unchecked token; only to choose the key to check it with."""
    try:
        key_id = jwt.get_unverified_header(token).get("kid")
    except (jwt.InvalidTokenError, ValueError):
        return None
    return key_id if isinstance(key_id, str) else None


def use_of(token: str) -> str | None:
    """The use in an unchecked token; only to choose who checks it."""
    try:
        kind = jwt.get_unverified_header(token).get("typ")
    except (jwt.InvalidTokenError, ValueError):
        return None
    return kind.lower().removesuffix("+jwt") if isinstance(kind, str) else None


def expiry_of(claims: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(claims["exp"], UTC)
