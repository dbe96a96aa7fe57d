"""Tokens of operators: a name and roles, signed by whoever holds the ops key (never a service).

Roles: ``viewer`` may read everything, ``operator`` may also act.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chassis.identity.signed_tokens import TokenInvalid, sign, verify

USE = "ops"
VIEWER = "viewer"
OPERATOR = "operator"
ROLES = (VIEWER, OPERATOR)
# It stands beside decisions in events, whose contracts allow no more.
LONGEST_NAME = 200


@dataclass(frozen=True)
class OpsToken:
    """What a genuine token says; roles that we do not know are left out."""

    name: str
    roles: frozenset[str]


def sign_ops_token(key: Ed25519PrivateKey, name: str, roles: tuple[str, ...], lifetime: timedelta) -> str:
    """A token for a person or a program that operates the services."""
    if unknown := set(roles) - set(ROLES):
        raise ValueError(f"unknown roles: {', '.join(sorted(unknown))}")
    if not is_operators_name(name):
        raise ValueError(f"a name has 1 to {LONGEST_NAME} printable characters")
    now = datetime.now(UTC)
    claims = {"sub": name, "roles": list(roles), "jti": str(uuid4()), "iat": now, "exp": now + lifetime}
    return sign(key, USE, claims)


def is_operators_name(name: str) -> bool:
    """Whether an operator may be called so: visible, on one line, and short enough for events."""
    return bool(name.strip()) and name.isprintable() and len(name) <= LONGEST_NAME


class OpsTokenVerifier:
    """Checks operators' tokens with the public key."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    def verify(self, token: str) -> OpsToken:
        """Raises TokenInvalid, and TokenExpired for one that was genuine."""
        claims = verify(self._key, USE, token, required=("sub", "roles"))
        roles = claims["roles"]
        if not isinstance(roles, list):
            raise TokenInvalid("The roles are not a list.")
        if not is_operators_name(claims["sub"]):
            raise TokenInvalid("The name is none.")
        return OpsToken(claims["sub"], frozenset(role for role in ROLES if role in roles))
