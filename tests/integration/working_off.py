"""Runs the jobs that are due as a service's worker does, without its schedule.

What the worker begins every minute would else come in between in each test that meets the turn of a minute.
"""

from collections.abc import Awaitable, Callable
from typing import Any
from unittest.mock import patch

from procrastinate import App, JobContext
from procrastinate.periodic import PeriodicRegistry

from chassis.database.jobs import pop_trace


def run_due_jobs(app: App, concurrency: int = 1) -> None:
    """Run them by Procrastinate's worker until none is due."""
    with patch.object(app, "periodic_registry", PeriodicRegistry()):
        app.run_worker(
            wait=False,
            concurrency=concurrency,
            install_signal_handlers=False,
            listen_notify=False,
            worker_middleware=[_without_trace],
        )


async def _without_trace(call_next: Callable[[], Awaitable[Any]], context: JobContext, _worker: Any) -> Any:
    """Tasks know their own arguments only; `chassis.running.worker` does the same."""
    pop_trace(context.job.task_kwargs)
    return await call_next()
