"""The session as a browser carries it."""

from werkzeug.wrappers import Response

from chassis.identity.session import COOKIE, SignedSession


def own_cookie(name: str, public_url: str) -> str:
    """What a cookie of ours is called; the prefix keeps other hosts and plain http from setting it.

    Browsers then take it for all paths of this host alone, so names tell the services' cookies apart.
    """
    return f"__Host-{name}" if public_url.startswith("https://") else name


def set_session_cookie(
    response: Response, session: SignedSession, public_url: str, name: str = COOKIE
) -> None:
    """For browsers: unreadable for scripts, not sent with other sites' forms, by https only if we have it."""
    response.set_cookie(
        own_cookie(name, public_url),
        session.token,
        expires=session.ends_at,
        httponly=True,
        samesite="Lax",
        secure=public_url.startswith("https://"),
        path="/",
    )


def clear_session_cookie(response: Response, public_url: str, name: str = COOKIE) -> None:
    response.delete_cookie(
        own_cookie(name, public_url),
        path="/",
        httponly=True,
        samesite="Lax",
        secure=public_url.startswith("https://"),
    )
