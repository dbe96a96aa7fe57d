"""How gunicorn serves the web process of every service.

Workers build the service after the fork (no preload), so each has connections of its own.
"""

import logging
import os
from collections.abc import Mapping
from typing import Any

import gunicorn
from gunicorn.glogging import Logger
from prometheus_client.multiprocess import mark_process_dead

from chassis.http.worker_loads import LOADS
from chassis.settings import serving_settings, settings_from
from chassis.telemetry.logs import configure_logging
from chassis.telemetry.metrics import forget_shared_figures

# Background work has 10 s to finish; requests are shorter.
GRACEFUL_TIMEOUT_SECONDS = 8
# Well below the usual limit of 1,024 open files.
CONNECTIONS_OF_A_WORKER = 512
# As in nginx: services that share a host get the cookies of all of them.
LONGEST_HEADER = 16 * 1024


class StructuredLogger(Logger):  # type: ignore[misc]
    """gunicorn's own messages through our handler; no access log, as ours is by route.

    Its debug messages contain paths, and paths contain tokens: they are never logged.
    """

    def setup(self, cfg: Any) -> None:
        self.error_log = logging.getLogger("gunicorn.error")
        self.error_log.setLevel(logging.INFO)
        # gunicorn detaches it from our handler; its messages would be unformatted or lost.
        self.error_log.propagate = True
        self.access_log.disabled = True


def gunicorn_settings(service_name: str, environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """gunicorn's settings from the service's environment. Raises SettingsRefused."""
    with settings_from(environ) as reader:
        settings = serving_settings(reader, service_name)
    configure_logging(service=service_name, process="web", level=settings.log_level, form=settings.log_format)
    gunicorn.SERVER = "gangway"
    return {
        "bind": settings.bind,
        "workers": settings.web_workers,
        "threads": settings.web_threads,
        "worker_class": "chassis.http.web_worker.WebWorker",
        "worker_connections": CONNECTIONS_OF_A_WORKER,
        "sendfile": False,  # files are sent like all answers, without a waiting thread
        "preload_app": False,
        "graceful_timeout": GRACEFUL_TIMEOUT_SECONDS,
        "timeout": 60,
        "keepalive": 5,
        "worker_tmp_dir": "/dev/shm" if os.access("/dev/shm", os.W_OK) else None,  # noqa: S108
        "limit_request_line": 4_094,
        "limit_request_field_size": LONGEST_HEADER,
        "forwarded_allow_ips": "",
        "logger_class": StructuredLogger,
        "accesslog": None,
        "control_socket_disable": True,
        "child_exit": _forget_worker,
        "on_exit": lambda _server: forget_shared_figures(),
    }


def _forget_worker(_server: Any, worker: Any) -> None:
    LOADS.forget(worker.age)
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]
