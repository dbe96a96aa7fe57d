"""Serves a WSGI application on one port until the process is told to stop."""

import signal
import sys
from types import FrameType
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server


class QuietHandler(WSGIRequestHandler):
    """Logs errors only, not requests."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Do nothing."""


def serve(application: Any, host: str, port: int, handler: type[WSGIRequestHandler] = QuietHandler) -> None:
    """Serve until SIGTERM or SIGINT; each connection has a thread of its own."""
    server = make_server(host, port, application, threaded=True, request_handler=handler)
    signal.signal(signal.SIGTERM, _leave)
    signal.signal(signal.SIGINT, _leave)
    server.serve_forever()


def _leave(_signal: int, _frame: FrameType | None) -> None:
    sys.exit(0)
