"""When a worker asks the database for a job; that it finds them in time is tried on a real one."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest
from procrastinate import sql
from procrastinate.connector import BaseConnector
from procrastinate.jobs import Status

from chassis import clock
from chassis.database.failed_jobs import NOTE_FAILURE
from chassis.database.jobs import Backoff
from chassis.failures import NotNow
from chassis.running import worker_jobs
from chassis.running.worker_jobs import WorkerJobs

NOTHING: Mapping[str, Any] = {"id": None, "due_in_seconds": 3600.0}
ONE: Mapping[str, Any] = {
    "id": 7,
    "task_name": "note",
    "args": {},
    "lock": None,
    "queueing_lock": None,
    "queue_name": "default",
    "priority": 0,
    "scheduled_at": None,
    "attempts": 0,
    "status": "doing",
    "due_in_seconds": None,
}

KNOWN = {ONE["task_name"]}


class QuietConnector:
    """A database with these jobs, of which the next is due in an hour; counts how often it was asked."""

    def __init__(self, *found: Mapping[str, Any]) -> None:
        self.asked = 0
        self.told: list[str] = []
        self.values: list[Mapping[str, Any]] = []
        self.found = list(found)
        self.meanwhile: Callable[[], Awaitable[None]] | None = None

    async def execute_query_one_async(self, query: str, **_: Any) -> Mapping[str, Any]:
        self.asked += 1
        if self.meanwhile is not None:
            await self.meanwhile()
        return {"present": clock.now(), **(self.found.pop(0) if self.found else NOTHING)}

    async def execute_query_async(self, query: str, **values: Any) -> None:
        self.told.append(query)
        self.values.append(values)

    async def listen_notify(self, **_: Any) -> None:
        """Until the connection breaks."""


def test_a_worker_that_begins_to_listen_asks_for_what_it_has_not_heard() -> None:
    connector = QuietConnector()
    jobs = WorkerJobs(cast("BaseConnector", connector), KNOWN)

    async def ignore(**_: Any) -> None:
        pass

    async def fetch_twice() -> None:
        for _ in range(2):
            assert await jobs.fetch_job(None, worker_id=1) is None

    async def restart() -> None:
        await fetch_twice()
        assert connector.asked == 1
        await jobs.listen_for_jobs(on_notification=ignore)
        await fetch_twice()
        assert connector.asked == 3, "nobody knows yet whether it hears"
        jobs._hears_at = 0.0
        await fetch_twice()
        assert connector.asked == 3

    asyncio.run(restart())


def test_a_worker_without_jobs_need_not_be_heard() -> None:
    connector = QuietConnector(ONE)
    beat, finished = sql.queries["update_heartbeat"], sql.queries["finish_job"]

    async def work() -> None:
        jobs = WorkerJobs(cast("BaseConnector", connector), KNOWN)
        await jobs.update_heartbeat(1)
        job = await jobs.fetch_job(None, worker_id=1)
        assert job is not None
        await jobs.update_heartbeat(1)
        await jobs.finish_job(job, Status.SUCCEEDED, delete_job=True)
        await jobs.update_heartbeat(1)

    asyncio.run(work())
    assert connector.told == [beat, finished]


class Listening:
    """Jobs whose worker counts how often it was woken."""

    def __init__(self, connector: QuietConnector) -> None:
        self.jobs = WorkerJobs(cast("BaseConnector", connector), KNOWN)
        self.is_woken = asyncio.Event()

    async def begin(self) -> None:
        async def wake(**_: Any) -> None:
            self.is_woken.set()

        await self.jobs.listen_for_jobs(on_notification=wake)
        self.jobs._hears_at = 0.0


def test_a_worker_is_woken_when_a_job_is_due(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_jobs, "LOOK_AFTER_SECONDS", 3600.0)

    async def wait() -> None:
        listening = Listening(QuietConnector({"id": None, "due_in_seconds": 0.01}))
        await listening.begin()
        assert await listening.jobs.fetch_job(None, worker_id=1) is None
        assert not listening.is_woken.is_set()
        await asyncio.wait_for(listening.is_woken.wait(), 10)

    asyncio.run(wait())


def test_a_job_that_somebody_else_holds_is_not_asked_for_without_a_pause() -> None:
    connector = QuietConnector({"id": None, "due_in_seconds": 0.0})

    async def wait() -> None:
        jobs = WorkerJobs(cast("BaseConnector", connector), KNOWN)
        for _ in range(2):
            assert await jobs.fetch_job(None, worker_id=1) is None

    asyncio.run(wait())
    assert connector.asked == 1


def test_what_is_heard_during_a_fetch_wakes_the_worker_after_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Procrastinate forgets after each fetch that it was woken."""
    monkeypatch.setattr(worker_jobs, "LOOK_AFTER_SECONDS", 3600.0)
    connector = QuietConnector()

    async def wait() -> None:
        listening = Listening(connector)
        await listening.begin()

        async def hear() -> None:
            listening.jobs._look_at = 0.0

        connector.meanwhile = hear
        assert await listening.jobs.fetch_job(None, worker_id=1) is None
        await asyncio.wait_for(listening.is_woken.wait(), 10)

    asyncio.run(wait())


def test_a_task_of_another_version_is_left_to_other_workers() -> None:
    """Both run side by side in a rolling upgrade; failed here, its work would never be done."""
    given_up = {**ONE, "task_name": "new", "attempts": worker_jobs.LEFT_TO_OTHERS_MOST}
    connector = QuietConnector({**ONE, "task_name": "new"}, {**ONE, "due_in_seconds": 0.0}, given_up)

    async def work() -> list[str | None]:
        jobs = WorkerJobs(cast("BaseConnector", connector), KNOWN)
        found = [await jobs.fetch_job(None, worker_id=1) for _ in range(3)]
        return [None if job is None else job.task_name for job in found]

    assert asyncio.run(work()) == [None, "note", "new"]
    assert connector.told == [NOTE_FAILURE, worker_jobs._RETRY]


@pytest.mark.parametrize("apart", [timedelta(hours=-1), timedelta(hours=1)], ids=["behind", "ahead"])
def test_a_job_is_due_by_the_database_s_clock(apart: timedelta, monkeypatch: pytest.MonkeyPatch) -> None:
    """By ours it would come again at once, and again, or an hour late."""
    connector = QuietConnector(ONE)
    monkeypatch.setattr(clock, "now", lambda: datetime.now(UTC) + apart)

    async def work() -> None:
        jobs = WorkerJobs(cast("BaseConnector", connector), KNOWN)
        job = await jobs.fetch_job(None, worker_id=1)
        assert job is not None
        decision = Backoff(first_seconds=30).get_retry_decision(exception=NotNow("later", "Later."), job=job)
        assert decision is not None
        await jobs.retry_job(job, decision.retry_at)

    asyncio.run(work())
    assert "clock_timestamp() + %(wait)s" in connector.told[0]
    assert timedelta(seconds=29) < connector.values[0]["wait"] <= timedelta(seconds=30)
