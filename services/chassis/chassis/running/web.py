"""The process ``web``: gunicorn in this process."""

import socket
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from gunicorn.app.base import Application
from gunicorn.arbiter import Arbiter

from chassis.http.gunicorn_settings import gunicorn_settings
from chassis.http.health_server import HealthServer, health_listener
from chassis.http.readiness import Readiness
from chassis.running.garbage import collect_rarely
from chassis.service import WebService
from chassis.telemetry import heartbeat
from chassis.telemetry.metrics import share_between_workers

LOOK_SECONDS = 10.0


def serve(
    service: WebService, build_service: Callable[[Mapping[str, str]], WebService], environ: Mapping[str, str]
) -> None:
    """Serve until SIGTERM; leaves by SystemExit. Workers build their own service after the fork.

    Raises OSError when the health port is taken.
    """
    share_between_workers()
    # Loaded once, here; what opens connections is made by each worker.
    import_module(f"{service.name}.entrypoints.web")
    collect_rarely()
    settings = service.settings
    listener = health_listener(settings.bind_host, settings.health_port) if settings.health_port else None
    _WebProcess(service.name, build_service, environ, listener).run()


class _Master(Arbiter):  # type: ignore[misc]
    """gunicorn's master, which would look each second for workers that have not come round in a minute."""

    def wait_for_signals(self, timeout: float = LOOK_SECONDS) -> Any:
        return super().wait_for_signals(LOOK_SECONDS)


class _WebProcess(Application):  # type: ignore[misc]
    """gunicorn without its command line."""

    def __init__(
        self,
        service_name: str,
        build_service: Callable[[Mapping[str, str]], WebService],
        environ: Mapping[str, str],
        health_listener: socket.socket | None,
    ) -> None:
        self._service_name = service_name
        self._build_service = build_service
        self._environ = environ
        self._health_listener = health_listener
        super().__init__(prog=service_name)

    def init(self, parser: Any, opts: Any, args: Any) -> None:
        """Nothing is read from the command line."""

    def load_config(self) -> None:
        for name, value in gunicorn_settings(self._service_name, self._environ).items():
            self.cfg.set(name, value)

    def run(self) -> None:
        _Master(self).run()

    def load(self) -> Any:
        """Called in each worker; each answers probes, and whichever is free takes one."""
        service = self._build_service(self._environ)
        if self._health_listener is not None:
            readiness = Readiness(service.checks("web"))
            HealthServer(self._health_listener, readiness, is_live=heartbeat.PROCESS.check).start()
        return service.create_web_app()
