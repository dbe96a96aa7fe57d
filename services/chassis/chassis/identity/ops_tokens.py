"""Tokens of machines: a name and a role, signed with the ops key, which no service has.

A token names its key, so that keys can be rotated while both are accepted, and has an id by which it can be
revoked.
"""

from collections.abc import Container, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chassis.identity.operators import LONGEST_NAME, Operator, is_operators_name, operators_name
from chassis.identity.roles import ROLES_OF_MACHINES
from chassis.identity.signed_tokens import LEEWAY, TokenExpired, TokenInvalid, key_id_of, sign, verify

USE = "ops"
LONGEST_LIFETIME = timedelta(days=90)


def sign_ops_token(
    key: Ed25519PrivateKey,
    name: str,
    roles: tuple[str, ...],
    lifetime: timedelta,
    token_id: str | None = None,
) -> str:
    """A token for a program that operates the services. Raises ValueError for one with too many rights."""
    if unknown := set(roles) - set(ROLES_OF_MACHINES):
        raise ValueError(f"unknown roles: {', '.join(sorted(unknown))}")
    if not is_operators_name(name):
        raise ValueError(f"a name has 1 to {LONGEST_NAME} printable characters")
    if lifetime > LONGEST_LIFETIME:
        raise ValueError(f"a token lasts for {LONGEST_LIFETIME.days} days at most")
    now = datetime.now(UTC)
    told = {"sub": name, "roles": list(roles), "jti": token_id or str(uuid4())}
    return sign(key, USE, {**told, "iat": now, "exp": now + lifetime}, key_id(key.public_key()))


def key_id(key: Ed25519PublicKey) -> str:
    """The name of the signing key in a token."""
    return sha256(key.public_bytes_raw()).hexdigest()[:16]


class OpsTokenVerifier:
    """Checks machines' tokens with the public keys in use."""

    def __init__(self, *keys: Ed25519PublicKey, revoked: Container[str] = ()) -> None:
        self._keys = {key_id(key): key for key in keys}
        self._revoked = revoked

    def verify(self, token: str) -> Operator:
        """Raises TokenInvalid, and TokenExpired for one that was genuine."""
        named = key_id_of(token)
        claims = self._claims(token, [named] if named in self._keys else [] if named else list(self._keys))
        roles = claims["roles"]
        if not isinstance(roles, list):
            raise TokenInvalid("The roles are not a list.")
        if claims.get("jti") in self._revoked:
            raise TokenInvalid("The token was revoked.")
        # Older tokens had no key id, and could be valid for a year.
        if named and not _is_short(claims):
            raise TokenInvalid("The token lasts for too long.")
        name = operators_name(claims["sub"])
        known = frozenset(role for role in ROLES_OF_MACHINES if role in roles)
        return Operator(name, known, name, token_id=claims.get("jti"))

    def _claims(self, token: str, key_ids: Sequence[str]) -> dict[str, Any]:
        refusal = TokenInvalid("The token was signed by no key that is in use.")
        for one in key_ids:
            try:
                return verify(self._keys[one], USE, token, required=("sub", "roles"))
            except TokenExpired:
                raise
            except TokenInvalid as invalid:
                refusal = invalid
        raise refusal


def _is_short(claims: Mapping[str, Any]) -> bool:
    begun = claims.get("iat")
    if not isinstance(begun, (int, float)):
        return False
    return bool(claims["exp"] - begun <= (LONGEST_LIFETIME + LEEWAY).total_seconds())
