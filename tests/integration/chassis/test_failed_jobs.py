"""Why a job failed is noted by its worker, without what people said."""

import asyncio
import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.exc import DataError, IntegrityError, OperationalError

from chassis.database.deferred_jobs import Job
from chassis.database.erasure import erase_subject
from chassis.database.failed_jobs import (
    OFTEN,
    TIMES_OF_WAITING,
    WhichJobs,
    cause_of,
    discard_jobs,
    is_fault,
    list_failed_jobs,
)
from chassis.database.jobs import Backoff
from chassis.failures import NeverPossible, NotNow
from chassis.running import worker
from chassis.running.housekeeping import clean_jobs, retry_stalled
from chassis.service import Service

Rows = Callable[..., list[Any]]
WAITS = "SELECT 1 FROM procrastinate_jobs WHERE status IN ('todo', 'doing') AND attempts < %s"


def work_until(service: Service, is_done: Callable[[], bool]) -> None:
    stop = threading.Event()
    running = threading.Thread(target=worker.run, args=(service, stop))
    running.start()
    try:
        deadline = time.monotonic() + 60
        while not is_done():
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        stop.set()
        running.join()


def register(service: Service, name: str, act: Callable[..., None]) -> None:
    assert service.jobs_app is not None
    service.jobs_app.task(name=name, retry=Backoff(first_seconds=0.01))(act)


def test_the_worker_notes_why_and_forgets_what_is_gone(service: Service, rows: Rows) -> None:
    def refuse(event_id: str) -> None:
        raise NeverPossible("mailbox_unknown", f"Nobody is vera@example.com ({event_id}).")

    def stumble(event_id: str) -> None:
        raise KeyError("Vera Lindqvist")

    def wait(event_id: str) -> None:
        raise NotNow("away", "Not yet.")

    for name, act in (("refuse", refuse), ("stumble", stumble), ("wait", wait)):
        register(service, name, act)
    with service.database.begin(service.work_factory) as work:
        for name in ("refuse", "stumble", "wait"):
            work.defer(Job(task=name, arguments={"event_id": name}))
    work_until(service, lambda: not rows(WAITS, 6))
    with service.database.begin() as work:
        lost, vain = list_failed_jobs(work.connection, WhichJobs())
    assert (lost.task, lost.state, lost.code) == ("refuse", "failed", "mailbox_unknown")
    assert lost.message == "Nobody is [address] (refuse)."
    assert lost.arguments == {"event_id": "refuse"}
    assert (vain.task, vain.state, vain.code) == ("stumble", "retrying", "KeyError")
    assert "test_failed_jobs.py:" in str(vain.message)
    assert "Vera" not in str(vain)
    with service.database.begin() as work:
        erase_subject(work.connection, "refuse")
        work.connection.exec_driver_sql("DELETE FROM procrastinate_jobs WHERE task_name = 'stumble'")
    clean_jobs(service.database)
    assert rows("SELECT code, message FROM job_failures") == [("mailbox_unknown", "")]


def test_what_ends_its_worker_each_time_is_told(service: Service, rows: Rows) -> None:
    app = service.jobs_app
    assert app is not None
    with service.database.begin(service.work_factory) as work:
        work.defer(Job(task="note", arguments={"event_id": "deadly"}))

    async def look() -> int:
        """As two workers do at a time."""
        async with app.open_async():
            return sum(await asyncio.gather(retry_stalled(app), retry_stalled(app)))

    for _ in range(OFTEN):
        rows(
            "WITH dead AS (INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 h')"
            " RETURNING id) UPDATE procrastinate_jobs SET status = 'doing', worker_id = dead.id FROM dead"
            " RETURNING 1"
        )
        assert asyncio.run(look()) == 1
    assert rows("SELECT times FROM job_failures") == [OFTEN]
    with service.database.begin() as work:
        [found] = list_failed_jobs(work.connection, WhichJobs())
    assert (found.code, found.state) == ("worker_died", "retrying")


def test_what_cannot_be_done_yet_is_no_fault_of_a_job(service: Service) -> None:
    assert not is_fault(NotNow("away", "Not yet."))
    assert is_fault(NeverPossible("never", "No."))
    ends = {"SELECT pg_terminate_backend(pg_backend_pid())": False, "SELECT pg_sleep(1)": True}
    for statement, is_one in ends.items():
        with service.database.engine.connect() as connection:
            connection.exec_driver_sql("SET statement_timeout = 50")
            with pytest.raises(OperationalError) as ended:
                connection.exec_driver_sql(statement)
            connection.invalidate()
        assert is_fault(ended.value) is is_one, statement


def test_of_the_database_the_first_line_is_told() -> None:
    refusal = Exception("duplicate key value\nDETAIL:  Key (name)=(Vera) already exists.")
    code, message = cause_of(IntegrityError("INSERT", {"name": "Vera"}, refusal))
    assert (code, message) == ("Exception", "duplicate key value")


def test_a_value_that_the_database_cannot_take_is_not_told(service: Service) -> None:
    with service.database.engine.connect() as connection, pytest.raises(DataError) as refused:
        connection.exec_driver_sql("SELECT %s::integer", ("Vera Lindqvist",))
    code, message = cause_of(refused.value)
    assert (code, "Vera" in message) == ("InvalidTextRepresentation", False)


def test_what_runs_takes_no_place_of_what_can_be_settled(service: Service, rows: Rows) -> None:
    """Or nobody would be told that there are more."""
    with service.database.begin(service.work_factory) as work:
        for event_id in ("runs", "waits"):
            work.defer(Job(task="note", arguments={"event_id": event_id}, queueing_lock=event_id))
    rows("UPDATE procrastinate_jobs SET status = 'doing' WHERE queueing_lock = 'runs' RETURNING 1")
    rows(
        "INSERT INTO job_failures (job_id, times, code, message)"
        " SELECT id, %s, 'refused', 'No.' FROM procrastinate_jobs RETURNING 1",
        OFTEN,
    )
    with service.database.begin() as work:
        assert len(list_failed_jobs(work.connection, WhichJobs())) == 2
        assert discard_jobs(work, WhichJobs(task="note", limit=1), actor="amara", reason="Gone.") == 1
    assert rows("SELECT queueing_lock FROM procrastinate_jobs") == ["runs"]


@pytest.mark.parametrize("arguments", [{}, {"traceparent": f"00-{'a' * 32}-{'b' * 16}-01"}], ids=str)
def test_a_job_that_failed_before_causes_were_kept_is_listed_too(
    service: Service, rows: Rows, arguments: dict[str, str]
) -> None:
    """With the time that Procrastinate noted."""
    insert = "INSERT INTO procrastinate_jobs (queue_name, task_name, args) VALUES ('default', 'old', %s)"
    with service.database.begin() as work:
        work.connection.exec_driver_sql(insert, (json.dumps(arguments),))
        for status in ("doing", "failed"):
            work.connection.exec_driver_sql("UPDATE procrastinate_jobs SET status = %s", (status,))
    with service.database.begin() as work:
        [found] = list_failed_jobs(work.connection, WhichJobs())
    assert (found.code, found.arguments, found.since) == (
        None,
        {},
        rows("SELECT at FROM procrastinate_events WHERE type = 'failed'")[0],
    )
    assert found.trace_id == ("a" * 32 if arguments else None)


def test_many_jobs_that_wait_are_not_read_for_the_few_that_failed(service: Service, rows: Rows) -> None:
    with service.database.begin() as work:
        work.connection.exec_driver_sql(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status)"
            " SELECT 'default', 't', (CASE n WHEN 7 THEN 'failed' ELSE 'todo' END)::procrastinate_job_status"
            " FROM generate_series(1, 20000) AS n"
        )
        work.connection.exec_driver_sql(
            "INSERT INTO job_failures (job_id, times, code, message) SELECT id, 5, 'x', 'X.'"
            " FROM procrastinate_jobs ORDER BY id LIMIT 1"
        )
        for table in ("procrastinate_jobs", "procrastinate_events", "job_failures"):
            work.connection.exec_driver_sql(f"ANALYZE {table}")
    plan = "\n".join(rows(f"EXPLAIN {TIMES_OF_WAITING} LIMIT 1001"))
    assert "Seq Scan on procrastinate_jobs" not in plan, plan
    assert "jobs_that_failed" in plan
