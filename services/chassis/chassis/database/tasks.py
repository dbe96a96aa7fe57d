"""What a service's worker does, as a table: by the name of the job what is called, and when.

def create_jobs_app(service: BillingService) -> App:                    # entrypoints/worker.py
    return jobs_app_of(service.settings, {
        jobs.SEND_BILL: Task(handled(service.open_work, send_bill, SendBill), retry=Backoff(most_seconds=30)),
        jobs.REMIND: Task(partial(remind_all_due, service), cron=EVERY_MINUTE),
    })
"""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from procrastinate import App

from chassis.database.deferred_jobs import URGENT
from chassis.database.jobs import Backoff, build_jobs_app
from chassis.settings.common import CommonSettings

EVERY_MINUTE = "* * * * *"


@dataclass(frozen=True)
class Task:
    """``act`` is called with the ids of the job, by their names; what has a ``cron`` comes by itself, too.

    Of what ``waits_once``, or comes by itself, no second job waits in the queue. What ``is_urgent`` is begun
    before all that is not.
    """

    act: Callable[..., object]
    cron: str | None = None
    retry: Backoff | None = None
    waits_once: bool = False
    is_urgent: bool = False


def jobs_app_of(settings: CommonSettings, tasks: Mapping[str, Task]) -> App:
    """The app of a service's worker, with its tasks; it opens its connections only when a worker runs."""
    app = build_jobs_app(
        settings.database_url,
        settings.database_timeouts,
        application_name=f"{settings.service_name}-worker",
    )
    for name, task in tasks.items():
        lock = name if task.cron or task.waits_once else None
        priority = URGENT if task.is_urgent else 0
        register = app.task(name=name, queueing_lock=lock, retry=task.retry or False, priority=priority)
        registered = register(_given_ids(task.act))
        if task.cron:
            app.periodic(cron=task.cron)(registered)
    return app


def handled(
    open_work: Callable[[], AbstractContextManager[Any]],
    handle: Callable[..., object],
    command: Callable[..., object] | None = None,
) -> Callable[..., None]:
    """Call a handler in one transaction, with the command that the ids make, where it takes one."""

    def act(**ids: UUID) -> None:
        with open_work() as work:
            handle(*(work, command(**ids)) if command else (work,))

    return act


def _given_ids(act: Callable[..., object]) -> Callable[..., None]:
    """Of what comes by itself nobody needs to know when it was due."""

    def run(timestamp: int = 0, **ids: str) -> None:
        act(**{name: UUID(value) for name, value in ids.items()})

    return run
