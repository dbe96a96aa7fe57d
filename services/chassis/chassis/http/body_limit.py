"""No body above 256 KiB: 413; the web worker makes sure that the client can read the answer."""

from io import BytesIO

from flask import Flask, Response, request
from werkzeug.exceptions import RequestEntityTooLarge

from chassis.http.error_answers import answer_with
from chassis.http.problems import Problem

LARGEST_BODY = 256 * 1024


def limit_bodies(app: Flask) -> None:
    """Refuse before the view runs, whether the body has a length or is chunked."""
    app.config["MAX_CONTENT_LENGTH"] = LARGEST_BODY
    app.config["MAX_FORM_MEMORY_SIZE"] = LARGEST_BODY

    @app.before_request
    def check() -> None:
        if (request.content_length or 0) > LARGEST_BODY:
            raise RequestEntityTooLarge
        if request.content_length is None and request.environ.get("wsgi.input_terminated"):
            _read_chunks()

    @app.errorhandler(RequestEntityTooLarge)
    def explain(_: RequestEntityTooLarge) -> Response:
        return answer_with(Problem(413, "body_too_large", f"A body may have at most {LARGEST_BODY} bytes."))


def _read_chunks() -> None:
    """Werkzeug would truncate a chunked body at the limit and pass the part on as the whole."""
    stream, body = request.environ["wsgi.input"], BytesIO()
    while chunk := stream.read(65_536):
        body.write(chunk)
        if body.tell() > LARGEST_BODY:
            raise RequestEntityTooLarge
    body.seek(0)
    request.environ["wsgi.input"] = body
