"""A job whose outcome could not be written down is done again, also while its worker lives on."""

import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from procrastinate import exceptions, sql
from procrastinate.psycopg_connector import PsycopgConnector

from chassis.database.deferred_jobs import Job
from chassis.running import worker
from chassis.service import Service

Rows = Callable[..., list[Any]]


@pytest.fixture
def cut_once(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The connection breaks under the first outcome; what was about to be written."""
    lost: list[str] = []
    execute = PsycopgConnector.execute_query_async

    async def execute_or_cut(self: PsycopgConnector, query: Any, **values: Any) -> None:
        if query == sql.queries["finish_job"] and not lost:
            lost.append(values["status"])
            raise exceptions.ConnectorException from psycopg.OperationalError("cut")
        await execute(self, query, **values)

    monkeypatch.setattr(PsycopgConnector, "execute_query_async", execute_or_cut)
    return lost


def test_a_lost_outcome_brings_the_job_again(service: Service, rows: Rows, cut_once: list[str]) -> None:
    with service.database.begin(service.work_factory) as work:
        work.defer(Job(task="note", arguments={"event_id": "1"}))
    stop = threading.Event()
    running = threading.Thread(target=worker.run, args=(service, stop))
    running.start()
    try:
        deadline = time.monotonic() + 60
        while rows("SELECT status FROM procrastinate_jobs WHERE task_name = 'note'"):
            assert time.monotonic() < deadline, "the job was never settled"
            time.sleep(0.1)
    finally:
        stop.set()
        running.join()

    assert cut_once == ["succeeded"]
    assert rows("SELECT event_id FROM notes") == ["1"]
