"""``/schemas/…``: the public JSON Schemas of the events that this service sends."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from chassis.http.problems import Problem

_MEDIA_TYPE = "application/schema+json"
_FRESH_SECONDS = 3_600


def event_schemas_blueprint(documents: Mapping[str, Any]) -> Blueprint:
    """Serves each document below its file name; without sign-in, and to pages of any origin."""
    schemas = Blueprint("event_schemas", __name__)
    bodies = {
        name: json.dumps(document, indent=2, ensure_ascii=False) for name, document in documents.items()
    }

    @schemas.get("/schemas/<name>/<file>")
    def show(name: str, file: str) -> Response:
        body = bodies.get(f"{name}/{file}")
        if body is None:
            raise Problem(404, "not_found", "This service sends no such event.")
        response = Response(body, content_type=_MEDIA_TYPE)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        response.headers["Cache-Control"] = f"public, max-age={_FRESH_SECONDS}"
        response.add_etag()
        response.make_conditional(request)
        return response

    return schemas
