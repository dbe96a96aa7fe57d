"""The process ``web``: gunicorn in this process, its settings from the service's ``gunicorn.conf.py``."""

from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from gunicorn.app.base import Application

from chassis.running.metrics import share_between_workers
from chassis.service import BuildService


def serve(service_name: str, build_service: BuildService, environ: Mapping[str, str]) -> None:
    """Serve until SIGTERM; leaves by SystemExit. Workers build the service after their fork."""
    share_between_workers()
    # Loaded once, here; what opens connections is made by each worker.
    import_module(f"{service_name}.entrypoints.web")
    _WebProcess(service_name, build_service, environ).run()


class _WebProcess(Application):  # type: ignore[misc]
    """gunicorn without its command line."""

    def __init__(self, service_name: str, build_service: BuildService, environ: Mapping[str, str]) -> None:
        self._service_name = service_name
        self._build_service = build_service
        self._environ = environ
        super().__init__(prog=service_name)

    def init(self, parser: Any, opts: Any, args: Any) -> None:
        """Nothing is read from the command line."""

    def load_config(self) -> None:
        package = import_module(self._service_name)
        self.load_config_from_file(str(Path(package.__path__[0]) / "gunicorn.conf.py"))

    def load(self) -> Any:
        """Called in each worker."""
        return self._build_service(self._environ).create_web_app()
