"""Sessions of people who came by a link: a short signed token that every service checks by itself.

    signer = SessionSigner(settings.session_private_key)            # only the service that signs people in
    session = signer.sign(subject=str(partner_id))                  # session.token, session.expires_at
    set_session_cookie(response, session, settings.public_url)      # for pages; JSON callers use Bearer

The views of any service learn who asks from `chassis.identity.principals`.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from werkzeug.wrappers import Response

from chassis.identity.signed_tokens import expiry_of, sign, verify

USE = "session"
COOKIE = "gangway_session"
LIFETIME = timedelta(hours=12)


@dataclass(frozen=True)
class Session:
    """Who is signed in, and until when."""

    subject: str
    expires_at: datetime


@dataclass(frozen=True)
class SignedSession(Session):
    """A session as it is handed over; the token is a secret."""

    token: str = field(repr=False)


class SessionSigner:
    """Makes sessions; needs the private key, which one service has."""

    def __init__(self, key: Ed25519PrivateKey, lifetime: timedelta = LIFETIME) -> None:
        self._key = key
        self._lifetime = lifetime

    def sign(self, subject: str, now: datetime | None = None) -> SignedSession:
        issued_at = (now or datetime.now(UTC)).replace(microsecond=0)
        expires_at = issued_at + self._lifetime
        claims = {"sub": subject, "jti": str(uuid4()), "iat": issued_at, "exp": expires_at}
        return SignedSession(subject, expires_at, sign(self._key, USE, claims))


class SessionVerifier:
    """Checks sessions with the public key."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    def verify(self, token: str) -> Session:
        """Raises TokenInvalid, and TokenExpired for one that was genuine."""
        claims = verify(self._key, USE, token, required=("sub",))
        return Session(str(claims["sub"]), expiry_of(claims))


def set_session_cookie(response: Response, session: SignedSession, public_url: str) -> None:
    """For browsers: unreadable for scripts, not sent with other sites' forms, by https only if we have it."""
    response.set_cookie(
        COOKIE,
        session.token,
        expires=session.expires_at,
        httponly=True,
        samesite="Lax",
        secure=public_url.startswith("https://"),
        path="/",
    )


def clear_session_cookie(response: Response, public_url: str) -> None:
    response.delete_cookie(
        COOKIE, path="/", httponly=True, samesite="Lax", secure=public_url.startswith("https://")
    )
