"""Refuse requests that other sites make a browser send (cross-site request forgery), without form tokens.

The check is that of Go's http.CrossOriginProtection: Sec-Fetch-Site if the browser sends it, else
Origin compared with our own host. A request with neither does not come from a browser's form on another site:
browsers have added Origin to every POST since 2020. Reading (GET, HEAD, OPTIONS) is always allowed.
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
    """None if it is not an address, or has no host, such as the "null" of a sandboxed page."""
    try:
        return urlsplit(origin).netloc or None
    except ValueError:
        return None
