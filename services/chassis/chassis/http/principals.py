"""The caller: anonymous, a subject (a session), a client (a service's own token), or an operator.

The token comes as ``Authorization: Bearer`` (a session, Gangway's own token or an access token of the OpenID
provider) or, for pages, as the session cookie. Access rules are in `chassis.http.access`. No other service is
asked. A service that records ended sessions checks them; the service that signs people in also renews its
tokens.

A service that signs in people of its own may have guests beside them, signed in by another one. An endpoint
accepts the sessions of one kind only, as the table says: a cookie or token of the other kind is ignored
there.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import Enum
from typing import NoReturn, Protocol

from flask import Flask, Response, current_app, g, has_request_context, request

from chassis.database import operators_log
from chassis.database.recorded_sessions import RecordedSessions
from chassis.http.languages import prefer_language
from chassis.http.problems import Problem
from chassis.http.session_cookie import own_cookie, set_session_cookie
from chassis.identity.access_tokens import ACCESS_TOKEN_USES, AccessTokenVerifier, SignInTooWeak
from chassis.identity.issuer_keys import IssuerUnavailable
from chassis.identity.operators import Operator
from chassis.identity.ops_tokens import USE as OPS_USE
from chassis.identity.ops_tokens import OpsTokenVerifier
from chassis.identity.roles import OPERATOR, VIEWER, highest_role, includes
from chassis.identity.session import (
    COOKIE,
    TOKEN_LIFETIME,
    Guests,
    IsOver,
    Session,
    SessionVerifier,
)
from chassis.identity.signed_tokens import LEEWAY, TokenExpired, TokenInvalid, use_of
from chassis.settings import CommonSettings

_EXTENSION = "chassis.http.principals"


class Kind(Enum):
    """Kinds of principals; the values appear in logs and in the scope of idempotency keys."""

    ANONYMOUS = "anonymous"
    SUBJECT = "subject"
    GUEST = "guest"
    CLIENT = "client"
    OPERATOR = "operator"


@dataclass(frozen=True)
class Principal:
    """The caller. ``name`` is the id of the subject, guest or client, or the operator's name.

    It is empty for an anonymous caller. ``token_id`` is the token that a client used.
    """

    kind: Kind
    name: str = ""
    operator: Operator | None = None
    token_id: str = ""

    @property
    def role(self) -> str | None:
        """The highest role of an operator; None for anybody else."""
        return highest_role(self.operator.roles) if self.operator else None

    @property
    def identity(self) -> str:
        """Unique among principals of a kind; people of different issuers may have the same name."""
        if self.operator and self.operator.issuer:
            return f"{self.operator.issuer}\n{self.operator.subject}"
        return self.name

    @property
    def may_read_all(self) -> bool:
        return includes(self.role, VIEWER)

    @property
    def may_operate(self) -> bool:
        return includes(self.role, OPERATOR)


ANONYMOUS = Principal(Kind.ANONYMOUS)


class ClientTokens(Protocol):
    """Tokens given to programs by a service: random, recognized by their prefix, stored as hashes."""

    @property
    def prefix(self) -> str: ...

    def owner_of(self, token: str) -> tuple[str, str] | None:
        """The ids of the client and of its token; None for an unknown or revoked one."""


class PrincipalReader:
    """Reads the principal from a request; knows the public keys, and the service's own tokens."""

    def __init__(
        self,
        settings: CommonSettings,
        *,
        home: RecordedSessions | None = None,
        client_tokens: ClientTokens | None = None,
        is_session_over: IsOver | None = None,
        guests: Guests | None = None,
    ) -> None:
        self.public_url = settings.public_url
        self.home = home
        self.guests = guests
        self._is_over = home.is_ended if home else is_session_over
        self.client_tokens = client_tokens
        self.cookie = own_cookie(home.cookie if home else COOKIE, settings.public_url)
        self.guests_cookie = own_cookie(COOKIE, settings.public_url)
        self._guests_sessions = SessionVerifier(guests.public_key) if guests else None
        self._sessions = SessionVerifier(settings.session_public_key)
        keys = (settings.ops_token_public_key, settings.other_ops_token_public_key)
        self._ops_tokens = OpsTokenVerifier(*filter(None, keys), revoked=settings.revoked_tokens)
        self._access_tokens = AccessTokenVerifier(settings.issuer) if settings.issuer else None

    def from_bearer(self, token: str) -> Principal:
        """Raises TokenInvalid, TokenExpired, or IssuerUnavailable."""
        if self.client_tokens is not None and token.startswith(self.client_tokens.prefix):
            owner = self.client_tokens.owner_of(token)
            if owner is None:
                raise TokenInvalid("The token is unknown.")
            return Principal(Kind.CLIENT, owner[0], token_id=owner[1])
        use = use_of(token)
        if use == OPS_USE:
            found = self._ops_tokens.verify(token)
        elif use in ACCESS_TOKEN_USES and self._access_tokens:
            found = self._access_tokens.verify(token)
        else:
            return self.from_session(token)
        return Principal(Kind.OPERATOR, found.name, found)

    def from_session(self, token: str) -> Principal:
        """Raises TokenInvalid or TokenExpired; stores the session for the request."""
        if self.is_for_guests:
            return self._guest(token)
        session = self._sessions.verify_lasting(token) if self.home else self._sessions.verify(token)
        if self._is_over is not None and self._is_over(session):
            raise TokenInvalid("The session was ended.")
        _note(session)
        return Principal(Kind.SUBJECT, session.subject)

    @property
    def is_for_guests(self) -> bool:
        """Whether the endpoint is for guests, and not for our own people."""
        return self.guests is not None and self.guests.are_asked()

    def session_cookie(self) -> str:
        """The token in the cookie for the request's endpoint; empty if there is none."""
        return request.cookies.get(self.guests_cookie if self.is_for_guests else self.cookie, "")

    def _guest(self, token: str) -> Principal:
        if self.guests is None or self._guests_sessions is None:
            raise TokenInvalid("Nobody is signed in by another service here.")
        session = self._guests_sessions.verify(token)
        if self.guests.is_over(session):
            raise TokenInvalid("The session was ended.")
        _note(session)
        return Principal(Kind.GUEST, session.subject)

    def is_renewable(self, token: str) -> bool:
        """Whether the token has expired, but its session has not."""
        verifier = self._guests_sessions if self.is_for_guests else None
        try:
            session = (verifier or self._sessions).verify_lasting(token)
        except TokenInvalid:
            return False
        return session.expires_at + LEEWAY <= datetime.now(UTC)


def current_principal() -> Principal:
    """The caller of this request. An invalid Bearer token is 401 at once; a stale cookie means anonymous."""
    found: Principal | None = g.get("principal")
    if found is None:
        found = g.principal = _read()
    return found


def current_session() -> Session | None:
    """The session of this request, None for operators and anonymous visitors."""
    current_principal()
    found: Session | None = g.get("session")
    return found


def keep_language(language: str) -> None:
    """Answer this request in the person's language, and have the other services do so from now on.

    They read it from the session, whose cookie is renewed where it tells of another one.
    """
    prefer_language(language)
    session: Session | None = g.get("session")
    if session is not None and session.language != language:
        g.session = replace(session, language=language)
        g.is_session_outdated = True


def session_cookies_of(app: Flask) -> dict[str, str]:
    """The names of the cookies that this app reads sessions from, by their names in the document."""
    reader: PrincipalReader = app.extensions[_EXTENSION]
    return {"sessionCookie": reader.cookie, "guestCookie": reader.guests_cookie}


def leave_session() -> None:
    """The session of this request was ended: its answer must not renew the token."""
    g.session = None


def has_renewable_cookie() -> bool:
    """Whether the browser only needs a new token from the service that signs people in."""
    reader: PrincipalReader = current_app.extensions[_EXTENSION]
    return reader.is_renewable(reader.session_cookie())


def register_principals(app: Flask, reader: PrincipalReader) -> None:
    """Learn who asks from now on; at the sessions' home cookies are renewed as they are used."""
    app.extensions[_EXTENSION] = reader
    operators_log.acting_role = _acting_role
    if (home := reader.home) is None:
        return

    @app.after_request
    def renew_cookie(response: Response) -> Response:
        session: Session | None = g.get("session")
        if session is None or reader.is_for_guests:
            return response
        is_by_cookie = "Authorization" not in request.headers
        own = f"{reader.cookie}="
        if not is_by_cookie or any(one.startswith(own) for one in response.headers.getlist("Set-Cookie")):
            return response
        is_due = session.expires_at - datetime.now(UTC) < TOKEN_LIFETIME / 2
        if is_due or g.get("is_session_outdated"):
            set_session_cookie(response, home.renew(session), reader.public_url, home.cookie)
        return response


def _note(session: Session) -> None:
    g.session = session
    prefer_language(session.language)


def _acting_role() -> str:
    if not has_request_context():
        return operators_log.ON_THE_DATABASE
    who = current_principal()
    return who.role or who.kind.value


def _read() -> Principal:
    reader: PrincipalReader = current_app.extensions[_EXTENSION]
    if "Authorization" in request.headers:
        token = _bearer_token()
        if not token:
            refuse_unknown("invalid_token", "Authorization must be: Bearer <token>.")
        try:
            return reader.from_bearer(token)
        except TokenExpired:
            refuse_unknown("expired_token", "The token has expired.")
        except SignInTooWeak as weak:
            _refuse_weak(weak)
        except IssuerUnavailable as error:
            detail = f"Who you are cannot be checked now: {error}"
            raise Problem(503, "issuer_unavailable", detail, headers={"Retry-After": "5"}) from None
        except TokenInvalid:
            refuse_unknown("invalid_token", "The token cannot be used.")
    token = reader.session_cookie()
    try:
        return reader.from_session(token) if token else ANONYMOUS
    except TokenInvalid:
        return ANONYMOUS


def _bearer_token() -> str | None:
    """The token in the header; None for any other header."""
    try:
        authorization = request.authorization
    except ValueError:  # werkzeug decodes Basic, and fails on non-ASCII
        return None
    return authorization.token if authorization and authorization.type == "bearer" else None


def refuse_unknown(code: str, detail: str) -> NoReturn:
    """401 as required by RFC 6750: an error only for a token that was sent."""
    challenge = 'Bearer realm="gangway"'
    if code != "sign_in_required":
        challenge += f', error="invalid_token", error_description="{detail}"'
    raise Problem(401, code, detail, headers={"WWW-Authenticate": challenge})


def _refuse_weak(weak: SignInTooWeak) -> NoReturn:
    """401 as required by RFC 9470: what to ask the provider for."""
    challenge = 'Bearer realm="gangway", error="insufficient_user_authentication"'
    if weak.acr_values:
        challenge += f', acr_values="{" ".join(weak.acr_values)}"'
    raise Problem(401, "sign_in_too_weak", str(weak), headers={"WWW-Authenticate": challenge})
