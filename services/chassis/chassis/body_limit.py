"""No body above 256 KiB: 413, in a way that the sender gets to read it."""

from flask import Flask, Response, request
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wsgi import get_input_stream

from chassis.error_answers import answer_with
from chassis.problems import Problem

LARGEST_BODY = 256 * 1024
_MOST_SWALLOWED = 8 * 1024 * 1024


def limit_bodies(app: Flask, most: int = LARGEST_BODY) -> None:
    """Refuse by Content-Length before the view runs, and a body without one while it is read."""
    app.config["MAX_CONTENT_LENGTH"] = most
    app.config["MAX_FORM_MEMORY_SIZE"] = most

    @app.before_request
    def check() -> None:
        if (request.content_length or 0) > most:
            raise RequestEntityTooLarge

    @app.errorhandler(RequestEntityTooLarge)
    def explain(_: RequestEntityTooLarge) -> Response:
        _swallow_rest()
        return answer_with(Problem(413, "body_too_large", f"A body may have at most {most} bytes."))


def _swallow_rest() -> None:
    """Read on for a while: a server that closes on unread data resets the connection, answer and all."""
    stream = get_input_stream(request.environ, safe_fallback=True)
    left = _MOST_SWALLOWED
    while left > 0 and (chunk := stream.read(min(left, 65_536))):
        left -= len(chunk)
