"""``/docs``: the API to read and try, with Swagger UI's files served locally."""

from pathlib import Path

import flask_swagger_ui
from flask import Blueprint, Response, make_response, render_template, send_from_directory

_DISTRIBUTION = Path(flask_swagger_ui.__file__).parent / "dist"
_OWN = Path(__file__).parent / "swagger"
_OWN_FILES = frozenset({"start.js"})
# Swagger UI sets styles from its script; it needs no inline script and no other host.
_CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)


def docs_blueprint(title: str) -> Blueprint:
    """Serves ``/docs`` and ``/docs/assets/…``; reads ``/openapi.json`` beside it."""
    docs = Blueprint("docs", __name__)

    @docs.get("/docs")
    def show() -> Response:
        response = make_response(render_template("swagger.html", title=title))
        response.headers["Content-Security-Policy"] = _CONTENT_SECURITY_POLICY
        return response

    @docs.get("/docs/assets/<path:name>", endpoint="asset")
    def asset(name: str) -> Response:
        return send_from_directory(_OWN if name in _OWN_FILES else _DISTRIBUTION, name)

    return docs
