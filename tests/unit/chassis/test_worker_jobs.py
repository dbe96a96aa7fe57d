"""When a worker asks the database for a job; that it finds them in time is tried on a real one."""

import asyncio
from collections.abc import Mapping
from typing import Any, cast

from procrastinate.connector import BaseConnector

from chassis.running.worker_jobs import WorkerJobs


class QuietConnector:
    """A database where the only job is due in an hour; counts how often it was asked."""

    def __init__(self) -> None:
        self.asked = 0

    async def execute_query_one_async(self, query: str, **_: Any) -> Mapping[str, Any]:
        self.asked += 1
        return {"id": None, "due_in_seconds": 3600.0}

    async def listen_notify(self, **_: Any) -> None:
        """Until the connection breaks."""


def test_a_worker_that_begins_to_listen_asks_for_what_it_has_not_heard() -> None:
    connector = QuietConnector()
    jobs = WorkerJobs(cast("BaseConnector", connector))

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
