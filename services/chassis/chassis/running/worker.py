"""The process ``worker`` of a service: runs deferred jobs concurrently until it is stopped."""

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import procrastinate
import psycopg
import structlog
from procrastinate import exceptions

from chassis import failpoints
from chassis.database.jobs import pop_trace
from chassis.database.outages import describe
from chassis.database.pool import ClockIsOff, refuse_another_clock
from chassis.database.urls import driver_url
from chassis.running.failures import count_from_zero, note_failure
from chassis.running.housekeeping import keep_retrying_stalled, register_chassis_tasks
from chassis.running.leaving import leaving
from chassis.running.periodic import SettableWorker
from chassis.running.worker_jobs import WorkerJobs
from chassis.service import Service
from chassis.telemetry import heartbeat, traces
from chassis.waking import WakeOnStop

log = structlog.stdlib.get_logger(__name__)

# Nothing is polled for: `WorkerJobs` wakes the worker when a job comes or is due.
# Jobs are never aborted: what is to stop is a matter of a grant's or a mail's own row.
NEVER_SECONDS = 86_400.0
# Jobs of a worker that has been silent for STALLED_AFTER_SECONDS are given to others; without jobs it need
# not be heard (`WorkerJobs.update_heartbeat`).
HEARTBEAT_SECONDS = 1.5
# Procrastinate's lines for each job; ours has the trace.
_SAID_BY_US = frozenset({"start_job", "job_success"})
# How often it is noted that the event loop comes round.
ROUND_SECONDS = 10.0
FINISH_WITHIN_SECONDS = 8.0
RESTART_FIRST_SECONDS = 1.0
RESTART_MOST_SECONDS = 5.0


def run(service: Service, stop: threading.Event) -> None:
    """Run jobs until ``stop`` is set, then let the running ones finish. Survives database outages."""
    app = service.jobs_app
    if app is None:
        raise RuntimeError(f"{service.name} has no background work, so it has no worker.")
    register_chassis_tasks(app, service)
    count_from_zero(app.tasks)
    waking = WakeOnStop(stop)
    for name in ("procrastinate.worker", "procrastinate.worker.worker"):
        logging.getLogger(name).addFilter(lambda record: getattr(record, "action", None) not in _SAID_BY_US)
    threads = service.settings.backbone.worker_threads
    connector = app.job_manager.connector
    wait = RESTART_FIRST_SECONDS
    while not stop.is_set():
        try:
            _expect_database(driver_url(service.settings.database_url))
            wait = RESTART_FIRST_SECONDS
            app.job_manager = jobs = WorkerJobs(connector, app.tasks)
            leaving.clear()
            asyncio.run(_until_stopped(app, jobs, threads, stop, waking))
            if not (stop.is_set() or jobs.is_one_lost):
                log.error("worker ended unexpectedly, restarts", wait_seconds=wait)
                stop.wait(wait)
        except (exceptions.ConnectorException, psycopg.Error, OSError, ClockIsOff) as error:
            log.warning("worker restarts", cause=describe(error), wait_seconds=wait)
            stop.wait(wait)
            wait = min(wait * 2, RESTART_MOST_SECONDS)


def _expect_database(url: str) -> None:
    """Raises psycopg.Error, and ClockIsOff where it has another time.

    The pool would retry forever, without a reason in the log and without noticing ``stop``.
    """
    with psycopg.connect(url, connect_timeout=5) as connection:
        refuse_another_clock(*connection.execute("SELECT clock_timestamp()").fetchall()[0])


async def _until_stopped(
    app: procrastinate.App, jobs: WorkerJobs, threads: int, stop: threading.Event, waking: WakeOnStop
) -> None:
    """Return when stopped, or when the outcome of a job was lost, which needs a restart."""
    loop = asyncio.get_running_loop()
    # Python's default is fewer threads than jobs on a small machine.
    loop.set_default_executor(ThreadPoolExecutor(threads + 1))

    def end() -> None:
        with suppress(RuntimeError):  # this session is over already
            loop.call_soon_threadsafe(jobs.is_to_end.set)

    waking.wake = end
    if stop.is_set():
        return
    async with app.open_async():
        work = asyncio.create_task(
            SettableWorker(
                app,
                concurrency=threads,
                install_signal_handlers=False,
                fetch_job_polling_interval=NEVER_SECONDS,
                abort_job_polling_interval=NEVER_SECONDS,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=30.0,
                shutdown_graceful_timeout=FINISH_WITHIN_SECONDS,
                delete_jobs="successful",
                worker_middleware=[_in_its_trace],
            ).run()  # type: ignore[no-untyped-call]
        )
        stalled = asyncio.create_task(keep_retrying_stalled(app))
        ended = asyncio.create_task(jobs.is_to_end.wait())
        while not work.done() and not ended.done():
            heartbeat.beat()
            await asyncio.wait([work, ended], timeout=ROUND_SECONDS, return_when=asyncio.FIRST_COMPLETED)
        leaving.set()
        stalled.cancel()
        ended.cancel()
        if not work.done():
            work.cancel()
        try:
            await work
        except asyncio.CancelledError:
            if jobs.is_one_lost:
                log.warning("job outcome lost, worker restarts")
            elif not stop.is_set():
                raise


async def _in_its_trace(
    call_next: Callable[[], Awaitable[Any]],
    context: procrastinate.JobContext,
    worker: Any,
) -> Any:
    """Continue the trace in which the job was deferred; name the job in the log, and note why it failed."""
    arguments = context.job.task_kwargs
    with traces.continued(pop_trace(arguments)):
        started = time.monotonic()
        with structlog.contextvars.bound_contextvars(job=context.job.id, task=context.job.task_name):
            try:
                result = await call_next()
            except Exception as error:
                await note_failure(context, error)
                raise
            failpoints.reach("worker.after_task")
            seconds = round(time.monotonic() - started, 3)
            log.info("job done", arguments=arguments, attempts=context.job.attempts, seconds=seconds)
            return result
