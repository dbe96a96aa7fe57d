"""The jobs of one worker: looked for when one may be due, and noticed when an outcome got lost.

Procrastinate would ask for a job again and again. Most of the time the answer is known: nothing was heard,
and the next job that waits has its time. Only then the worker is woken, and the database asked.

Procrastinate tries once to write an outcome down. If that fails, the job stays "doing" for as long as its
worker lives, also one that is to be tried again. A worker that restarts gives it back, as that of a dead one.
"""

import asyncio
import time
from collections.abc import Container, Iterable
from datetime import datetime, timedelta

import psycopg
import structlog
from procrastinate import exceptions, sql
from procrastinate.connector import BaseConnector
from procrastinate.jobs import Job, JobInserted, Notification, Status
from procrastinate.manager import JobManager, NotificationCallback

from chassis import clock
from chassis.database.failed_jobs import NOTE_FAILURE
from chassis.database.jobs import Backoff
from chassis.database.pool import refuse_another_clock
from chassis.running.due_jobs import DueJobs

log = structlog.stdlib.get_logger(__name__)

# However quiet it is: a notification may get lost, with the connection that should have brought it.
LOOK_AFTER_SECONDS = 5.0
# By then the listening connection is there; notifications from before it are lost.
HEARS_AFTER_SECONDS = 2.0
# Until then, and while somebody else holds a job that is due.
LOOK_AGAIN_SECONDS = 0.5
# Of a task that this version does not know; a worker of the version beside it does, in a rolling upgrade.
_LEFT_TO_OTHERS = Backoff(first_seconds=1, most_seconds=30)
# A day of waiting. Then it fails, as nobody knows it.
LEFT_TO_OTHERS_MOST = 2_880

# When a job is due, the database says; a clock of ours that is behind would have it tried at once, and again.
_DUE_AT = "clock_timestamp() + %(wait)s"
_RETRY = sql.queries["retry_job"].replace("%(retry_at)s", _DUE_AT)
_MOVE_AHEAD = f"""
UPDATE procrastinate_jobs SET scheduled_at = {_DUE_AT}
WHERE queueing_lock = %(queueing_lock)s AND status = 'todo' AND scheduled_at > {_DUE_AT}
"""  # noqa: S608


class WorkerJobs(JobManager):
    """Procrastinate's job manager for one worker."""

    def __init__(self, connector: BaseConnector, tasks: Container[str]) -> None:
        super().__init__(connector)
        self._tasks = tasks
        # Somebody wants the worker to end, or it has to restart.
        self.is_to_end = asyncio.Event()
        self.is_one_lost = False
        self._look_at = 0.0
        self._hears_at = float("-inf")
        self._doing: set[int | None] = set()
        self._ring: asyncio.TimerHandle | None = None
        self._worker: NotificationCallback | None = None
        self._told: asyncio.Future[None] | None = None
        self._due = DueJobs(connector)

    async def fetch_job(self, queues: Iterable[str] | None, worker_id: int) -> Job | None:
        asked_at = time.monotonic()
        if self._hears_at < asked_at < self._look_at:
            self._look_in(None)
            return None
        # What is heard from now on is a reason to ask again.
        is_deaf = asked_at <= self._hears_at
        self._look_at = asked_at + (LOOK_AGAIN_SECONDS if is_deaf else LOOK_AFTER_SECONDS)
        try:
            row = dict(await self._due.fetch(worker_id))
        except BaseException:
            self._look_at = 0.0
            raise
        refuse_another_clock(row.pop("present"))
        due_in_seconds = row.pop("due_in_seconds")
        if row["id"] is None:
            is_held = due_in_seconds is not None and due_in_seconds <= 0
            self._look_in(LOOK_AGAIN_SECONDS if is_held else due_in_seconds)
            return None
        self._look_in(due_in_seconds)
        self._doing.add(row["id"])
        job = Job.from_row(row)
        if job.task_name in self._tasks or job.attempts >= LEFT_TO_OTHERS_MOST:
            return job
        await self._leave_to_others(job)
        return None

    async def _leave_to_others(self, job: Job) -> None:
        """It would fail here, and its work would never be done. Operators see it once that goes on."""
        wait = _LEFT_TO_OTHERS.wait_after(job.attempts + 1)
        log.warning(
            "unknown task left to other workers", task=job.task_name, job=job.id, wait_seconds=wait.seconds
        )
        told = {"code": "task_unknown", "message": "No worker so far knows this task."}
        await self.connector.execute_query_async(NOTE_FAILURE, job_id=job.id, **told)
        await self.retry_job(job, clock.now() + wait)
        self._look_in(0.0)

    async def listen_for_jobs(
        self, *, on_notification: NotificationCallback, queues: Iterable[str] | None = None
    ) -> None:
        async def hear(*, channel: str, notification: Notification) -> None:
            self._look_at = 0.0
            await on_notification(channel=channel, notification=notification)

        self._worker = on_notification
        self._hears_at = time.monotonic() + HEARS_AFTER_SECONDS
        self._look_in(LOOK_AGAIN_SECONDS)
        await super().listen_for_jobs(on_notification=hear, queues=queues)

    async def update_heartbeat(self, worker_id: int) -> None:
        """Without jobs there is nothing that could be given to others: what each look tells is enough."""
        if self._doing:
            await super().update_heartbeat(worker_id)

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        try:
            await super().finish_job(job, status, delete_job)
            self._doing.discard(job.id)
        except exceptions.ConnectorException as error:
            self._note(error)
            raise

    async def retry_job(
        self,
        job: Job,
        retry_at: datetime | None = None,
        priority: int | None = None,
        queue: str | None = None,
        lock: str | None = None,
    ) -> None:
        """By the database's clock as much later as ``retry_at`` is by ours."""
        wait = timedelta() if retry_at is None else retry_at - clock.now()
        chosen = {"new_priority": priority, "new_queue_name": queue, "new_lock": lock}
        try:
            await self.connector.execute_query_async(_RETRY, job_id=job.id, wait=wait, **chosen)
            self._doing.discard(job.id)
        except exceptions.UniqueViolation:
            await self._leave_to_the_waiting(job, wait)
        except exceptions.ConnectorException as error:
            self._note(error)
            raise
        self._look_in(wait.total_seconds())

    async def _leave_to_the_waiting(self, job: Job, wait: timedelta) -> None:
        """Another one waits under its queueing lock and does the same; it may be due much later."""
        await self.connector.execute_query_async(_MOVE_AHEAD, queueing_lock=job.queueing_lock, wait=wait)
        await self.finish_job(job, Status.FAILED, delete_job=True)

    def _look_in(self, seconds: float | None) -> None:
        """Look no later than in so many seconds, and have the worker woken for the next look."""
        if seconds is not None:
            self._look_at = min(self._look_at, time.monotonic() + seconds)
        if self._ring is not None:
            self._ring.cancel()
        # Also what is due now comes later: what the worker hears while it fetches, it forgets.
        left = max(0.0, self._look_at - time.monotonic())
        self._ring = asyncio.get_running_loop().call_later(left, self._wake)

    def _wake(self) -> None:
        """As a notification does."""
        if self._worker is not None:
            told = self._worker(channel="", notification=JobInserted(type="job_inserted", job_id=0))
            self._told = asyncio.ensure_future(told)

    def _note(self, error: exceptions.ConnectorException) -> None:
        """A server that answers has refused: the job was given to another worker meanwhile."""
        if isinstance(error.__cause__, (psycopg.OperationalError, psycopg.InterfaceError)):
            self.is_one_lost = True
            self.is_to_end.set()
