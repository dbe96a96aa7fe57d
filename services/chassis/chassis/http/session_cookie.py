"""The session as a browser carries it."""

from werkzeug.wrappers import Response

from chassis.identity.session import COOKIE, SignedSession


def set_session_cookie(
    response: Response, session: SignedSession, public_url: str, name: str = COOKIE
) -> None:
    """For browsers: unreadable for scripts, not sent with other sites' forms, by https only if we have it."""
    response.set_cookie(
        name,
        session.token,
        expires=session.ends_at,
        httponly=True,
        samesite="Lax",
        secure=public_url.startswith("https://"),
        path="/",
    )


def clear_session_cookie(response: Response, public_url: str, name: str = COOKIE) -> None:
    response.delete_cookie(
        name, path="/", httponly=True, samesite="Lax", secure=public_url.startswith("https://")
    )
