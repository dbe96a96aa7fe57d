"""Access tokens of an OpenID provider (JWT, RFC 9068), checked with the issuer's published keys."""

from collections.abc import Mapping
from typing import Any

import jwt

from chassis.frozen import Frozen
from chassis.identity.issuer_keys import IssuerKeys
from chassis.identity.operators import Operator, operators_name
from chassis.identity.roles import ROLES
from chassis.identity.signed_tokens import LEEWAY, TokenExpired, TokenInvalid, use_of

# RFC 9068, 2.1 allows both.
ACCESS_TOKEN_USES = ("at", "application/at")
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
REQUIRED = ("iss", "aud", "exp", "iat", "sub", "client_id")
LONGEST_TOKEN = 8_000  # a header may have no more
LONGEST_EMAIL = 254
LONGEST_SUBJECT = 255  # OpenID Connect Core, 2


class SignInTooWeak(TokenInvalid):
    """Genuine, but a stronger sign-in is required (RFC 9470)."""

    def __init__(self, acr_values: tuple[str, ...]) -> None:
        super().__init__("Sign in with more than was asked for.")
        self.acr_values = acr_values


class Issuer(Frozen):
    """The accepted issuer and audience, and the claims to read.

    ``roles_claim`` may be the path to a claim, with dots. ``acr`` are the levels of which one is needed,
    ``amr`` the methods that are all needed.
    """

    url: str
    audience: str
    roles_claim: str = "roles"
    name_claim: str = "sub"
    acr: tuple[str, ...] = ()
    amr: tuple[str, ...] = ()


class AccessTokenVerifier:
    """Checks tokens of one issuer."""

    def __init__(self, issuer: Issuer, keys: IssuerKeys | None = None) -> None:
        self._issuer = issuer
        self._keys = keys or IssuerKeys(issuer.url)

    def verify(self, token: str) -> Operator:
        """Raises TokenInvalid, TokenExpired, SignInTooWeak and IssuerUnavailable."""
        claims = self._claims(token)
        self._check_strength(claims)
        subject = claims["sub"]
        if not _is_subject(subject) or not isinstance(claims["client_id"], str):
            raise TokenInvalid("The subject or the client is none.")
        given = _claim(claims, self._issuer.roles_claim)
        roles = given if isinstance(given, list) else [given]
        return Operator(
            name=operators_name(_claim(claims, self._issuer.name_claim)),
            roles=frozenset(role for role in ROLES if role in roles),
            subject=subject,
            issuer=self._issuer.url,
            email=_verified_email(claims),
        )

    def _claims(self, token: str) -> dict[str, Any]:
        if len(token) > LONGEST_TOKEN:
            raise TokenInvalid("The token is too long.")
        try:
            header = jwt.get_unverified_header(token)
            algorithm = header.get("alg")
            if use_of(token) not in ACCESS_TOKEN_USES or algorithm not in ALGORITHMS:
                raise TokenInvalid("The token is meant for something else.")
            key = self._keys.key(header.get("kid"))
            if key.algorithm not in (None, algorithm):
                raise TokenInvalid("The key is for another algorithm.")
            claims: dict[str, Any] = jwt.decode(
                token,
                key.public,
                algorithms=[algorithm],
                issuer=self._issuer.url,
                audience=self._issuer.audience,
                leeway=LEEWAY,
                options={"require": list(REQUIRED)},
            )
        except jwt.ExpiredSignatureError as error:
            raise TokenExpired({}) from error
        except (jwt.PyJWTError, ValueError, TypeError, OverflowError, RecursionError) as error:
            raise TokenInvalid("The token cannot be used.") from error
        return claims

    def _check_strength(self, claims: Mapping[str, Any]) -> None:
        issuer, methods = self._issuer, claims.get("amr")
        is_strong = all(isinstance(methods, list) and method in methods for method in issuer.amr)
        if not is_strong or (issuer.acr and claims.get("acr") not in issuer.acr):
            raise SignInTooWeak(issuer.acr)


def _claim(claims: Mapping[str, Any], path: str) -> Any:
    """The claim of this name, including dots, or else the one at this path."""
    if path in claims:
        return claims[path]
    found: Any = claims
    for name in path.split("."):
        found = found.get(name) if isinstance(found, Mapping) else None
    return found


def _is_subject(claim: object) -> bool:
    return isinstance(claim, str) and claim.isprintable() and 0 < len(claim) <= LONGEST_SUBJECT


def _verified_email(claims: Mapping[str, Any]) -> str | None:
    email = claims.get("email")
    is_usable = isinstance(email, str) and 0 < len(email) <= LONGEST_EMAIL
    return str(email) if is_usable and claims.get("email_verified") is True else None
