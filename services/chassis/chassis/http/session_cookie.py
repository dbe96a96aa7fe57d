"""The session as a browser carries it."""

from typing import Any

from werkzeug.wrappers import Response

from chassis.identity.session import COOKIE, SignedSession


def own_cookie(name: str, public_url: str) -> str:
    """What a cookie of ours is called; the prefix keeps other hosts and plain http from setting it.

    Browsers then take it for all paths of this host alone, so names tell the services' cookies apart.
    """
    return f"__Host-{name}" if public_url.startswith("https://") else name


def cookie_flags(public_url: str) -> dict[str, Any]:
    """What keeps a cookie from scripts and other sites' forms, and from plain http if we have https."""
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
