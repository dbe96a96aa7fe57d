"""Sessions of people who came by a link: a short-lived signed token that every service verifies alone.

    signer = SessionSigner(settings.session_private_key)            # only the service that signs people in
    session = signer.sign(subject=str(partner_id))                  # session.token, session.ends_at
    set_session_cookie(response, session, settings.public_url)      # for pages; JSON callers use Bearer

A session lasts `LIFETIME`, a token of it `TOKEN_LIFETIME`. The service that signs people in
knows which sessions were ended, and gives a new token for one that goes on; anywhere else a session that
was ended dies with its token, unless the service was notified before.
The views of any service learn who asks from `chassis.http.principals`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from chassis.frozen import Frozen
from chassis.identity.signed_tokens import TokenExpired, TokenInvalid, expiry_of, sign, verify

USE = "session"
COOKIE = "gangway_session"
LIFETIME = timedelta(hours=12)
TOKEN_LIFETIME = timedelta(minutes=10)


class Session(Frozen):
    """A signed-in person; a token is valid until ``expires_at``, the session itself until ``ends_at``.

    ``language`` is the one that the person chose, as far as the service that signs people in knows.
    """

    id: UUID
    subject: str
    begun_at: datetime
    ends_at: datetime
    expires_at: datetime
    language: str | None = None


class SignedSession(Session):
    """A session as it is handed over; the token is a secret."""

    token: str = field(repr=False)


IsOver = Callable[[Session], bool]


@dataclass(frozen=True)
class Guests:
    """People signed in by another service, for one with people of its own: the key of that other one.

    ``are_asked`` tells whether the request's endpoint is for them.
    """

    public_key: Ed25519PublicKey
    is_over: IsOver
    are_asked: Callable[[], bool] = lambda: False


class SessionSigner:
    """Makes sessions; needs the private key, which one service has."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key

    def sign(
        self, subject: str, now: datetime | None = None, session_id: UUID | None = None
    ) -> SignedSession:
        """A new session; with the id of an existing one, ended together with it."""
        begun_at = (now or datetime.now(UTC)).replace(microsecond=0)
        ends_at = begun_at + LIFETIME
        begun = Session(
            id=session_id or uuid4(), subject=subject, begun_at=begun_at, ends_at=ends_at, expires_at=ends_at
        )
        return self._signed(begun, begun_at)

    def renew(self, session: Session) -> SignedSession:
        """Another token of the same session, which does not extend the session."""
        return self._signed(session, datetime.now(UTC).replace(microsecond=0))

    def _signed(self, session: Session, now: datetime) -> SignedSession:
        expires_at = min(now + TOKEN_LIFETIME, session.ends_at)
        claims = {
            "sub": session.subject,
            "sid": str(session.id),
            "auth_time": int(session.begun_at.timestamp()),
            "session_exp": int(session.ends_at.timestamp()),
            "jti": str(uuid4()),
            "iat": now,
            "exp": expires_at,
        }
        if session.language is not None:
            claims["locale"] = session.language
        facts = vars(session) | {"expires_at": expires_at, "token": sign(self._key, USE, claims)}
        return SignedSession(**facts)


class SessionVerifier:
    """Checks sessions with the public key."""

    def __init__(self, key: Ed25519PublicKey) -> None:
        self._key = key

    def verify(self, token: str) -> Session:
        """Raises TokenInvalid, and TokenExpired for one that was genuine."""
        return _session_of(verify(self._key, USE, token, required=("sub", "sid")))

    def verify_lasting(self, token: str) -> Session:
        """Accept an expired token as long as its session lasts.

        The caller has to check whether the session was ended. Raises TokenInvalid, and TokenExpired for a
        session that is over.
        """
        try:
            return self.verify(token)
        except TokenExpired as expired:
            session = _session_of(expired.claims)
            if session.ends_at <= datetime.now(UTC):
                raise
            return session


def _session_of(claims: Any) -> Session:
    try:
        return Session(
            id=UUID(claims["sid"]),
            subject=str(claims["sub"]),
            begun_at=datetime.fromtimestamp(claims["auth_time"], UTC),
            ends_at=datetime.fromtimestamp(claims["session_exp"], UTC),
            expires_at=expiry_of(claims),
            language=claims.get("locale"),
        )
    except (KeyError, ValueError, TypeError, AttributeError, OverflowError, OSError) as error:
        raise TokenInvalid("The session is incomplete.") from error
