"""The stand-in for AWS: moto's server with a journal. Loads only the parts of moto that are asked for."""

from collections.abc import Callable
from pathlib import Path

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app

from gangway.outside.aws_journal import JournaledApplication
from gangway.outside.serving import serve


class _QuietMotoHandler(MotoRequestHandler):
    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Leave requests out of the log."""


def serve_aws(host: str, port: int, folder: Path, say: Callable[[str], None]) -> None:
    """Serve AWS as it was at the last stop, until SIGTERM."""
    moto = DomainDispatcherApplication(create_backend_app)
    serve(JournaledApplication(moto, folder / "journal.jsonl", say), host, port, _QuietMotoHandler)
