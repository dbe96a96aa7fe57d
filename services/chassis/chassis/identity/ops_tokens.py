"""Tokens of machines: a name and a role, signed by whoever holds the ops key (never a service)."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chassis.identity.operators import LONGEST_NAME, Operator, is_operators_name, operators_name
from chassis.identity.roles import ROLES
from chassis.identity.signed_tokens import TokenInvalid, sign, verify

USE = "ops"


def sign_ops_token(key: Ed25519PrivateKey, name: str, roles: tuple[str, ...], lifetime: timedelta) -> str:
    """A token for a person or a program that operates the services."""
    if unknown := set(roles) - set(ROLES):
        raise ValueError(f"unknown roles: {', '.join(sorted(unknown))}")
    if not is_operators_name(name):
        raise ValueError(f"a name has 1 to {LONGEST_NAME} printable characters")
    now = datetime.now(UTC)
    claims = {"sub": name, "roles": list(roles), "jti": str(uuid4()), "iat": now, "exp": now + lifetime}
    return sign(key, USE, claims)


class OpsTokenVerifier:
    """Checks operators' tokens with the public key."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    def verify(self, token: str) -> Operator:
        """Raises TokenInvalid, and TokenExpired for one that was genuine."""
        claims = verify(self._key, USE, token, required=("sub", "roles"))
        roles = claims["roles"]
        if not isinstance(roles, list):
            raise TokenInvalid("The roles are not a list.")
        name = operators_name(claims["sub"])
        return Operator(name, frozenset(role for role in ROLES if role in roles), name)
