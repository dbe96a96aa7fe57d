"""The session cookie."""

from typing import Any

from werkzeug.wrappers import Response

from chassis.identity.session import COOKIE, SignedSession


def own_cookie(name: str, public_url: str) -> str:
    """The name of a cookie of ours; the prefix keeps other hosts and plain http from setting it.

    Browsers send it for all paths of this host, so different services' cookies need different names.
    """
    return f"__Host-{name}" if public_url.startswith("https://") else name


def cookie_flags(public_url: str) -> dict[str, Any]:
    """Protection from scripts and from forms of other sites, and from plain http if we use https."""
    return {"httponly": True, "samesite": "Lax", "secure": public_url.startswith("https://")}


def set_session_cookie(
    response: Response, session: SignedSession, public_url: str, name: str = COOKIE
) -> None:
    """For browsers, until the session ends."""
    response.set_cookie(
        own_cookie(name, public_url),
        session.token,
        expires=session.ends_at,
        **cookie_flags(public_url),
        path="/",
    )


def clear_session_cookie(response: Response, public_url: str, name: str = COOKIE) -> None:
    response.delete_cookie(
        own_cookie(name, public_url),
        path="/",
        **cookie_flags(public_url),
    )
