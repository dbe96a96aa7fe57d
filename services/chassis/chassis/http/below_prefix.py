"""A service below a path prefix of an address that it shares with others."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flask import Flask

from chassis.settings import SettingsRefused

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class BelowPrefix:
    """All our URLs include the prefix; requests are accepted with and without it.

    So a gateway may keep the prefix in the path or strip it, and probes and machines still call
    the process's own port.
    """

    def __init__(self, application: "WSGIApplication", prefix: str) -> None:
        self._application = application
        self._prefix = prefix

    def __call__(self, environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path == self._prefix or path.startswith(f"{self._prefix}/"):
            environ["PATH_INFO"] = path[len(self._prefix) :] or "/"
        environ["SCRIPT_NAME"] = self._prefix
        return self._application(environ, start_response)


def serve_below(app: Flask, public_url: str) -> None:
    """Take the prefix from the path of the public URL, if it has one.

    Call it once all routes are known: a route that begins with the prefix could not be found without it.
    Raises SettingsRefused.
    """
    if prefix := urlsplit(public_url).path:
        if any(f"{rule.rule}/".startswith(f"{prefix}/") for rule in app.url_map.iter_rules()):
            raise SettingsRefused({"PUBLIC_URL": [f"must have another path: we have pages below {prefix}"]})
        app.wsgi_app = BelowPrefix(app.wsgi_app, prefix)  # type: ignore[method-assign]
