"""Serves a WSGI application on a port of its own, for as long as the block lasts."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server


class _Quiet(WSGIRequestHandler):
    # Else each body waits 40 ms for an acknowledgement of its head.
    disable_nagle_algorithm = True

    def log(self, type: str, message: str, *args: Any) -> None: ...


@contextmanager
def served(app: Callable[..., Any], port: int = 0) -> Iterator[str]:
    server = make_server("127.0.0.1", port, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
