"""When a worker looks for jobs: at once when one comes or is moved ahead, at its time when one waits."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import psycopg
import pytest
from procrastinate.connector import BaseConnector
from psycopg.rows import dict_row

from chassis import clock
from chassis.database.deferred_jobs import Job
from chassis.database.pool import ClockIsOff
from chassis.running import due_jobs, worker, worker_jobs
from chassis.running.due_jobs import DueJobs
from chassis.running.housekeeping import clean_jobs
from chassis.running.periodic import LatestOnly
from chassis.running.worker_jobs import WorkerJobs
from chassis.service import Service

Rows = Callable[..., list[Any]]
QUICKLY_SECONDS = 5.0


def defer(service: Service, event_id: str, after: timedelta | None = None) -> None:
    not_before = None if after is None else datetime.now(UTC) + after
    with service.database.begin(service.work_factory) as work:
        work.defer(
            Job(
                task="note",
                arguments={"event_id": event_id},
                not_before=not_before,
                queueing_lock=f"note/{event_id}",
            )
        )


class Looking:
    """A worker that looks for jobs, without doing them."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection = connection
        register = "SELECT worker_id FROM procrastinate_register_worker_v1()"
        self._worker_id: int = connection.execute(register).fetchall()[0]["worker_id"]
        self.jobs = DueJobs(cast("BaseConnector", self))
        self.due_in_seconds: float | None = None
        self._asked: tuple[str, dict[str, Any]] = ("", {})

    async def execute_query_one_async(self, query: str, **values: Any) -> Any:
        self._asked = query, values
        return self._connection.execute(cast("Any", query), values).fetchone()

    def next(self) -> str | None:
        row = asyncio.run(self.jobs.fetch(self._worker_id))
        self.due_in_seconds = row["due_in_seconds"]
        return row["args"].get("event_id") if row["args"] is not None else None

    def rows_read(self) -> int:
        """Of jobs, by the last look once more."""
        query, values = self._asked
        asked: Any = f"EXPLAIN (ANALYZE, FORMAT JSON) {query}"
        [told] = self._connection.execute(asked, values).fetchall()
        return sum(_rows_read(plan["Plan"]) for plan in told["QUERY PLAN"])


@pytest.fixture
def looking(service: Service) -> Iterator[Looking]:
    with service.database.connect(row_factory=dict_row) as connection:
        yield Looking(connection)


def _rows_read(plan: dict[str, Any]) -> int:
    own: float = plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)
    below = sum(map(_rows_read, plan.get("Plans", ())))
    is_read = plan.get("Relation Name") == "procrastinate_jobs" and "Scan" in plan["Node Type"]
    return below + (round(own * plan["Actual Loops"]) if is_read else 0)


def test_what_is_urgent_overtakes_what_waits_however_long(service: Service, looking: Looking) -> None:
    """Also a job that waits already, once it is deferred as urgent."""
    with service.database.begin(service.work_factory) as work:
        for event_id, is_urgent in (("a", False), ("b", False), ("c", True), ("b", True), ("c", False)):
            note = {"task": "note", "arguments": {"event_id": event_id}, "queueing_lock": event_id}
            work.defer(Job(**note, is_urgent=is_urgent))
            work.flush()
    assert [looking.next() for _ in range(4)] == ["b", "c", "a", None]


def test_what_is_new_and_what_is_tried_again_do_not_wait_for_each_other(
    service: Service, looking: Looking
) -> None:
    """Thousands of mails may be tried again, after an hour without a mail server; a flood may be new."""
    for seconds in (-1, -2, -3):
        defer(service, f"again{seconds}", timedelta(seconds=seconds))
    defer(service, "later", timedelta(hours=1))
    for event_id in ("new1", "new2", "new3", "new4"):
        defer(service, event_id)
    assert [looking.next() for _ in range(8)] == [
        *("new1", "again-3", "new2", "again-2", "new3", "again-1", "new4"),
        None,
    ]
    assert looking.due_in_seconds == pytest.approx(3600, abs=60)


def test_what_is_put_before_the_last_one_is_found_a_moment_later(
    service: Service, looking: Looking, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As by a transaction that took long; at once, where nothing else is due."""
    monkeypatch.setattr(due_jobs, "FROM_THE_START_AFTER_SECONDS", 3600.0)
    for event_id in ("late", "first", "second", "third", "fourth"):
        defer(service, event_id)

    def change(status: str, event_id: str) -> None:
        change = "UPDATE procrastinate_jobs SET status = %s WHERE queueing_lock = %s RETURNING 1"
        assert rows(change, status, f"note/{event_id}") == [1]

    change("cancelled", "late")
    assert looking.next() == "first"
    change("todo", "late")
    assert looking.next() == "second"
    looking.jobs._from_the_start_at = 0.0
    assert [looking.next(), looking.next()] == ["late", "third"]
    change("todo", "first")
    assert looking.next() == "fourth"
    assert looking.due_in_seconds == 0, "what stands before the last one was not looked at"
    assert looking.next() == "first"
    assert looking.due_in_seconds is None


def test_a_look_reads_neither_what_is_done_nor_what_waits(service: Service, looking: Looking) -> None:
    """Each read all of them once: 49 ms with a hundred thousand."""
    with service.database.begin() as work:
        work.connection.exec_driver_sql(
            """INSERT INTO procrastinate_jobs (queue_name, task_name, status, scheduled_at)
            SELECT 'default', 'note', 'todo', CASE WHEN n %% 2 = 0 THEN now() + interval '1 day' END
            FROM generate_series(1, 4000) AS n"""
        )
    with service.database.connect() as connection:
        connection.execute("ANALYZE procrastinate_jobs")
    for _ in range(3):
        looking.next()
    assert looking.due_in_seconds == 0
    assert looking.rows_read() < 20


def waited_for(rows: Rows, event_id: str) -> float:
    started = time.monotonic()
    while not rows("SELECT 1 FROM notes WHERE event_id = %s", event_id):
        assert time.monotonic() < started + 30, "the job was never done"
        time.sleep(0.02)
    return time.monotonic() - started


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """When the database was asked for a job."""
    moments: list[float] = []
    fetch_job = WorkerJobs.fetch_job

    async def fetch(self: WorkerJobs, queues: Any, worker_id: int) -> Any:
        if not self._hears_at < time.monotonic() < self._look_at:
            moments.append(time.monotonic())
        return await fetch_job(self, queues, worker_id)

    monkeypatch.setattr(WorkerJobs, "fetch_job", fetch)
    return moments


@pytest.fixture
def look_after_seconds(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> float:
    """When a worker looks that has heard nothing."""
    monkeypatch.setattr(worker_jobs, "HEARS_AFTER_SECONDS", 1.0)
    monkeypatch.setattr(worker_jobs, "LOOK_AFTER_SECONDS", request.param)
    seconds: float = request.param
    return seconds


@pytest.fixture
def running(
    service: Service,
    asked: list[float],
    rows: Rows,
    look_after_seconds: float,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Service]:
    """Its worker, without the jobs that come each minute."""
    monkeypatch.setattr(LatestOnly, "get_timestamps", lambda *_, **__: ())
    stop = threading.Event()
    thread = threading.Thread(target=worker.run, args=(service, stop))
    thread.start()
    try:
        defer(service, "first")
        waited_for(rows, "first")
        yield service
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize("look_after_seconds", [3600.0], indirect=True)
def test_jobs_are_found_in_time_without_asking_again_and_again(
    running: Service, rows: Rows, asked: list[float]
) -> None:
    time.sleep(worker_jobs.HEARS_AFTER_SECONDS + worker_jobs.LOOK_AGAIN_SECONDS)  # it looks once more then
    asked.clear()
    defer(running, "new")
    assert waited_for(rows, "new") < QUICKLY_SECONDS
    time.sleep(1)
    assert len(asked) == 1, "the answer says whether there are more"
    defer(running, "waits", timedelta(seconds=1.5))
    assert 1 < waited_for(rows, "waits") < 1.5 + QUICKLY_SECONDS
    defer(running, "moved", timedelta(hours=1))
    time.sleep(1)
    asked.clear()
    time.sleep(2)
    assert asked == []
    defer(running, "moved")
    assert waited_for(rows, "moved") < QUICKLY_SECONDS


@pytest.mark.parametrize("look_after_seconds", [3600.0], indirect=True)
def test_a_worker_is_heard_of_before_a_job_is_its_own(running: Service, rows: Rows) -> None:
    """While it had none it was silent; a job of a silent worker would be given to another one at once."""
    silent = "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour' RETURNING id"
    assert len(rows(silent)) == 1
    defer(running, "new")
    waited_for(rows, "new")
    assert rows("SELECT 1 FROM procrastinate_workers WHERE last_heartbeat < now() - interval '1 min'") == []


@pytest.mark.parametrize("look_after_seconds", [1.0], indirect=True)
def test_a_job_whose_notification_got_lost_is_found_all_the_same(running: Service, rows: Rows) -> None:
    with running.database.begin() as work:
        work.connection.exec_driver_sql(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at)"
            " VALUES ('default', 'note', %s, now() + interval '1 hour')",
            ('{"event_id": "unheard"}',),
        )
    time.sleep(1)
    with running.database.begin() as work:
        work.connection.exec_driver_sql("UPDATE procrastinate_jobs SET scheduled_at = NULL")
    assert waited_for(rows, "unheard") < QUICKLY_SECONDS


@pytest.mark.usefixtures("look_after_seconds")
@pytest.mark.parametrize("look_after_seconds", [3600.0], indirect=True)
def test_a_job_that_was_held_by_a_transaction_that_ended_in_nothing_is_found(
    service: Service, rows: Rows, request: pytest.FixtureRequest
) -> None:
    """As by a handler that asks for a job that waits already, and fails: a rollback notifies nobody."""
    defer(service, "held")
    with service.database.engine.connect() as connection:
        connection.exec_driver_sql("SELECT FROM procrastinate_jobs FOR UPDATE")
        request.getfixturevalue("running")
        time.sleep(1)
    assert waited_for(rows, "held") < QUICKLY_SECONDS


@pytest.mark.usefixtures("look_after_seconds")
@pytest.mark.parametrize("look_after_seconds", [3600.0], indirect=True)
def test_what_a_dead_worker_left_waits_for_no_later_job_of_the_same_lock(
    service: Service, rows: Rows, request: pytest.FixtureRequest
) -> None:
    """As a mail that is due, while another mail of its partner is to be tried again in an hour."""
    defer(service, "left")
    with service.database.begin() as work:
        work.connection.exec_driver_sql("UPDATE procrastinate_jobs SET status = 'doing'")
    defer(service, "left", timedelta(hours=1))
    request.getfixturevalue("running")
    waited_for(rows, "left")


@pytest.mark.parametrize("look_after_seconds", [0.5], indirect=True)
def test_a_worker_does_nothing_while_its_clock_is_hours_off(
    running: Service, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(clock, "now", lambda: datetime.now(UTC) + timedelta(hours=2))
        with pytest.raises(ClockIsOff, match="7200 s ahead of the database's"):
            running.database.expect_one_clock()
        defer(running, "early")
        time.sleep(2)
        assert rows("SELECT 1 FROM notes WHERE event_id = 'early'") == []
    running.database.expect_one_clock()
    waited_for(rows, "early")


def test_a_failed_job_is_kept_unless_another_one_does_its_work(service: Service, rows: Rows) -> None:
    with service.database.begin() as work:
        work.connection.exec_driver_sql(
            """INSERT INTO procrastinate_jobs (queue_name, task_name, queueing_lock, status)
            VALUES ('default', 'often', 'often', 'failed'), ('default', 'often', 'often', 'todo'),
                ('default', 'once', 'once/1', 'failed'), ('default', 'once', NULL, 'failed')"""
        )
    assert clean_jobs(service.database) == 1
    kept = rows("SELECT task_name || ' ' || status FROM procrastinate_jobs ORDER BY id")
    assert kept == ["often todo", "once failed", "once failed"]
