"""Runs one process of a service: settings, logs, signals, health, shutdown."""

import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from functools import cached_property
from pkgutil import resolve_name
from types import FrameType
from typing import Generic, TypeVar

import click
import structlog

from chassis.http.health_server import health_server
from chassis.running.garbage import collect_rarely
from chassis.service import WebService
from chassis.settings import SettingsRefused
from chassis.settings.database_timeouts import TIMEOUTS_OF
from chassis.telemetry import heartbeat
from chassis.telemetry.logs import configure_logging

EX_CONFIG = 78  # sysexits.h: something was found in an unconfigured or misconfigured state
LEAVE_WITHIN_SECONDS = 10.0

Kind = TypeVar("Kind", bound=WebService)

_log = structlog.stdlib.get_logger(__name__)


class Runner(Generic[Kind]):
    """The object of all click commands: builds the service on first use."""

    def __init__(
        self, name: str, build_service: Callable[[Mapping[str, str]], Kind], environ: Mapping[str, str]
    ) -> None:
        self.name = name
        self.build_service = build_service
        self.environ = environ

    @cached_property
    def service(self) -> Kind:
        """The service for a command that a person starts."""
        return self._built("command")

    def environ_of(self, process: str) -> Mapping[str, str]:
        """The environment in which a process reads its settings, with PROCESS set to its kind."""
        return {**self.environ, "PROCESS": process if process in TIMEOUTS_OF else "command"}

    def _built(self, process: str) -> Kind:
        """Build it; with invalid settings print all of them to standard error and exit with EX_CONFIG."""
        try:
            return self.build_service(self.environ_of(process))
        except SettingsRefused as refused:
            click.echo(f"{self.name}: {refused}", err=True)
            sys.exit(EX_CONFIG)

    def prepare(self, process: str) -> Kind:
        """The service, with logs going where the settings say."""
        service = self._built(process)
        settings = service.settings
        configure_logging(
            service=self.name, process=process, level=settings.log_level, form=settings.log_format
        )
        return service

    def run(self, process: str, work_path: str) -> None:
        """Run the function at ``work_path``, which takes the service and ``stop``, until it returns.

        SIGTERM and SIGINT set ``stop``. Then it has `LEAVE_WITHIN_SECONDS`, then the process ends hard:
        what was not committed is done again by the next one. An exception ends it with status 1.
        """
        service = self.prepare(process)
        work: Callable[[Kind, threading.Event], None] = resolve_name(work_path)
        collect_rarely()
        stop = stop_on_signals()
        settings = service.settings
        try:
            checks = service.checks(process)
            with health_server(
                settings.bind_host, settings.health_port, checks, is_live=heartbeat.PROCESS.check
            ):
                _log.info("started")
                work(service, stop)
        except Exception:
            _log.exception("stopped by an error")
            sys.exit(1)
        finally:
            service.dispose()
        _log.info("stopped")


def stop_on_signals() -> threading.Event:
    """An event that SIGTERM and SIGINT set. Only in the main thread."""
    stop = threading.Event()
    leaving: list[threading.Thread] = []

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        # Not stop.set() right here: the handler may interrupt the main thread inside stop.wait(),
        # which holds the very lock that set() needs.
        if not leaving:
            leaving.append(threading.Thread(target=leave, name="leaving", daemon=True))
            leaving[0].start()

    def leave() -> None:
        stop.set()
        time.sleep(LEAVE_WITHIN_SECONDS)
        _log.error("shutdown timed out")
        os._exit(1)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, on_signal)
    return stop
