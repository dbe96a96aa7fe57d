"""Sessions in the browser's own cookies, encrypted and signed, so that nobody can read or change them.

A session ends when it has not been used for `IDLE`, or reaches its maximum age; the server stores none.
Rights may end sooner: the services check the token in the session at every call.
"""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.fernet import InvalidToken, MultiFernet
from flask import Flask, Request, Response
from flask.sessions import SecureCookieSession, SessionInterface

from chassis import clock
from chassis.http.session_cookie import own_cookie

IDLE = timedelta(hours=1)
# Encrypted again on use, but not at every request.
SEALED_ANEW_AFTER = timedelta(minutes=5)
# Browsers keep 4,096 bytes of a cookie, name and attributes included; a request may carry 16 KiB of them.
LONGEST_PIECE = 3_800
MOST_PIECES = 2
BEGUN_AT = "begun_at"


class SessionTooLarge(Exception):
    """The provider's tokens do not fit into cookies."""


class SealedSession(SecureCookieSession):
    """A session, and when it was encrypted."""

    sealed_at: datetime | None = None


class SealedSessions(SessionInterface):
    """Flask's session interface with encrypted cookies."""

    session_class = SealedSession

    def __init__(self, seal: MultiFernet, *, public_url: str, longest_hours: float) -> None:
        self._seal = seal
        self._is_secure = public_url.startswith("https://")
        self._longest = timedelta(hours=longest_hours)
        self.cookie = own_cookie("gangway_console", public_url)

    def open_session(self, app: Flask, request: Request) -> SealedSession:
        """The content of the cookies; an empty session if it is not ours or has ended."""
        sealed = "".join(request.cookies.get(name, "") for name in self._names)
        return self._opened(sealed) if sealed else SealedSession()

    def save_session(self, app: Flask, session: Any, response: Response) -> None:
        """Raises SessionTooLarge."""
        response.headers.add("Vary", "Cookie")
        if not session:
            if session.modified:
                self._set(response, [])
            return
        is_stale = session.sealed_at is None or clock.now() - session.sealed_at > SEALED_ANEW_AFTER
        if session.modified or is_stale:
            self._set(response, [*self._pieces(session)])

    def sealed(self, content: dict[str, Any]) -> dict[str, str]:
        """The cookies of a session with this content, by name."""
        return dict(zip(self._names, self._pieces(content), strict=False))

    @property
    def _names(self) -> list[str]:
        return [self.cookie, *(f"{self.cookie}_{number}" for number in range(2, MOST_PIECES + 1))]

    def _opened(self, sealed: str) -> SealedSession:
        now = clock.now()
        try:
            data = sealed.encode("ascii")
            text = self._seal.decrypt_at_time(data, int(IDLE.total_seconds()), int(now.timestamp()))
            content = json.loads(text)
        except (InvalidToken, ValueError):
            return SealedSession()
        if now > datetime.fromtimestamp(content[BEGUN_AT], UTC) + self._longest:
            return SealedSession()
        session = SealedSession(content)
        session.sealed_at = datetime.fromtimestamp(self._seal.extract_timestamp(data), UTC)
        return session

    def _pieces(self, content: dict[str, Any]) -> Iterator[str]:
        now = clock.now()
        whole = {BEGUN_AT: now.timestamp(), **content}
        token = self._seal.encrypt_at_time(json.dumps(whole).encode(), int(now.timestamp())).decode()
        if len(token) > LONGEST_PIECE * MOST_PIECES:
            raise SessionTooLarge
        for start in range(0, len(token), LONGEST_PIECE):
            yield token[start : start + LONGEST_PIECE]

    def _set(self, response: Response, pieces: list[str]) -> None:
        attributes: dict[str, Any] = {
            "path": "/",
            "httponly": True,
            "secure": self._is_secure,
            "samesite": "Lax",
        }
        for number, name in enumerate(self._names):
            if number < len(pieces):
                response.set_cookie(name, pieces[number], **attributes)
            else:
                response.delete_cookie(name, **attributes)
