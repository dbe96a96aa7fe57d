"""Refuse what other sites make a browser send (cross-site request forgery), without tokens in forms.

The check is the one of Go's http.CrossOriginProtection: Sec-Fetch-Site where the browser sends it, else
Origin against our own host. A request with neither does not come from a browser's form of another site:
browsers add Origin to every POST since 2020. Reading (GET, HEAD, OPTIONS) is always let through.
"""

from urllib.parse import urlsplit

from flask import Flask, request

from chassis.http.problems import Problem

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def refuse_cross_origin(app: Flask, public_url: str) -> None:
    """Answer 403 to unsafe requests of other origins, for every route of the app."""
    public_host = urlsplit(public_url).netloc

    @app.before_request
    def check() -> None:
        if request.method in SAFE_METHODS:
            return
        if site := request.headers.get("Sec-Fetch-Site"):
            is_own = site in {"same-origin", "none"}
        else:
            origin = request.headers.get("Origin")
            is_own = origin is None or _host_of(origin) in {public_host, request.host}
        if not is_own:
            raise Problem(403, "cross_origin", "This was sent from another site.")


def _host_of(origin: str) -> str | None:
    """None for what is no address, or has no host, as the "null" of a sandboxed page."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None
