"""Numbers without gaps, in commit order; jobs in the transaction of their cause."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, tzinfo
from threading import Event
from typing import Any, Self

import pytest
from tests.integration.chassis.conftest import Rows
from tests.integration.chassis.things import ThingSaid, said_on

from chassis.database.deferred_jobs import Job
from chassis.database.erasure import FINISH_TASK, erase_subject
from chassis.database.unit_of_work import UnitOfWork
from chassis.events import Tombstone
from chassis.failures import NeverPossible, NotNow
from chassis.messaging import republishing
from chassis.messaging.outbox import MAY_WAIT, SHARDS, WAKE_CHANNEL
from chassis.running.housekeeping import clean_outbox, finish_erasures, finish_when_sent
from chassis.service import Service
from chassis.telemetry import traces

JOBS = "SELECT task_name FROM procrastinate_jobs ORDER BY id"


def said(subject: str, *, topic: str = "t", **facts: Any) -> ThingSaid:
    return said_on(topic)(thing=subject, **facts)


def test_numbers_of_a_subject_on_a_topic_have_no_gap_and_follow_the_order(
    service: Service, rows: Rows
) -> None:
    with service.database.begin() as work:
        for subject in ("a", "b", "a", "a"):
            work.emit(said(subject))
        work.emit(said("a", topic="u"))
    with service.database.begin() as work:
        work.emit(said("a"))
    assert rows("SELECT topic, subject, sequence FROM outbox ORDER BY position") == [
        ("t", "a", 1),
        ("t", "b", 1),
        ("t", "a", 2),
        ("t", "a", 3),
        ("u", "a", 1),
        ("t", "a", 4),
    ]


def test_a_rollback_takes_state_event_job_and_number_back(service: Service, rows: Rows) -> None:
    def fail() -> None:
        with service.database.begin() as work:
            work.emit(said("a"))
            work.defer(Job(task="note", arguments={}))
            write_now(work)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with service.database.begin() as work:
        work.emit(said("a"))
    assert rows("SELECT sequence FROM outbox") == [1]
    assert rows(JOBS) == []


def test_many_writers_of_one_subject_leave_no_gap_and_positions_follow_numbers(
    service: Service, rows: Rows
) -> None:
    def write(turn: int) -> None:
        with service.database.begin() as work:
            for subject in ("a", "b") if turn % 2 else ("b", "a"):
                work.emit(said(subject, number=turn))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(write, range(100)))
    for subject in ("a", "b"):
        numbers = rows("SELECT sequence FROM outbox WHERE subject = %s ORDER BY position", subject)
        assert numbers == list(range(1, 101))


def write_now(work: UnitOfWork) -> None:
    """Have the outbox rows and jobs written before the commit: a query sees what waits."""
    work.flush()
    work.connection.exec_driver_sql("SELECT")


def test_the_second_writer_waits_for_the_first_to_commit(service: Service, rows: Rows) -> None:
    written, may_commit = Event(), Event()

    def first() -> None:
        with service.database.begin() as work:
            work.emit(said("a", text="first"))
            write_now(work)
            written.set()
            may_commit.wait(20)

    def second() -> None:
        written.wait(20)
        with service.database.begin() as work:
            work.emit(said("a", text="second"))

    with ThreadPoolExecutor(2) as threads:
        waits = [threads.submit(first), threads.submit(second)]
        written.wait(20)
        blocked = (
            "SELECT count(*) FROM pg_stat_activity"
            " WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        while rows(blocked) == [0]:
            assert not waits[1].done()
        may_commit.set()
        for wait in waits:
            wait.result(20)
    found = rows("SELECT sequence, convert_from(data, 'UTF8') FROM outbox ORDER BY position")
    assert found == [(1, '{"thing":"a","text":"first"}'), (2, '{"thing":"a","text":"second"}')]


def test_rows_carry_the_trace_and_a_shard_by_subject(service: Service, rows: Rows) -> None:
    with traces.continued(None) as traceparent, service.database.begin() as work:
        work.emit(said("a"))
        work.emit(said("a", topic="u"))
        work.defer(Job(task="note", arguments={"event_id": "1"}))
    assert set(rows("SELECT traceparent FROM outbox")) == {traceparent}
    shards = rows("SELECT DISTINCT shard FROM outbox")
    assert len(shards) == 1
    assert 0 <= shards[0] < SHARDS
    assert rows("SELECT args FROM procrastinate_jobs") == [{"event_id": "1", "traceparent": traceparent}]


def test_an_event_too_large_for_kafka_is_refused_before_it_is_written(service: Service) -> None:
    with (
        pytest.raises(NeverPossible, match="event_too_large"),
        service.database.begin() as work,
    ):
        work.emit(said("a", text="x" * 800_000))


def test_a_queueing_lock_keeps_one_job_with_the_earlier_time(service: Service, rows: Rows) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    for not_before in (later, None, later + timedelta(hours=1)):
        with service.database.begin() as work:
            for _ in range(2):
                work.defer(Job(task="note", queueing_lock="only", not_before=not_before))
    assert rows("SELECT scheduled_at <= now() FROM procrastinate_jobs") == [True]


def test_of_one_transaction_the_earlier_time_counts_whichever_came_first(
    service: Service, rows: Rows
) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    for lock, times in (("early", (None, later)), ("late", (later, None))):
        with service.database.begin() as work:
            for not_before in times:
                work.defer(Job(task="note", queueing_lock=lock, not_before=not_before))
    assert rows("SELECT scheduled_at FROM procrastinate_jobs") == [None, None]


def test_a_waiting_job_cannot_run_on_what_is_about_to_change(service: Service, rows: Rows) -> None:
    job = Job(task="note", queueing_lock="only")
    with service.database.begin() as work:
        work.defer(job)
    with service.database.begin() as work:
        work.defer(job)
        write_now(work)
        fetch = "SELECT (procrastinate_fetch_job_v2(NULL, NULL)).id"
        assert rows(fetch) == [None]
    assert rows(fetch) != [None]


def test_clean_up_removes_old_published_rows_only(service: Service, rows: Rows) -> None:
    with service.database.begin() as work:
        for subject in ("unpublished", "old", "new"):
            work.emit(said(subject))
    rows("UPDATE outbox SET published_at = now() - interval '2 days' WHERE subject = 'old' RETURNING 1")
    rows("UPDATE outbox SET published_at = now() WHERE subject = 'new' RETURNING 1")
    assert clean_outbox(service.database, timedelta(days=1)) == 1
    assert rows("SELECT subject FROM outbox ORDER BY position") == ["unpublished", "new"]


def test_relays_wait_only_where_all_that_was_written_may(service: Service) -> None:
    with service.database.connect() as listening:
        listening.execute(f"LISTEN {WAKE_CHANNEL}")
        for events in ((True, False), (True, True)):
            with service.database.begin() as work:
                for may_wait in events:
                    work.emit(said_on("t", may_wait=may_wait)(thing="a"))
        heard = [told.payload for told in listening.notifies(timeout=30, stop_after=2)]
    assert heard == ["", MAY_WAIT]


def test_what_was_sent_a_moment_ago_is_sent_again_by_a_machine_whose_clock_is_behind(
    service: Service, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Behind(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) - timedelta(hours=1)

    monkeypatch.setattr(republishing, "datetime", Behind)
    with service.database.begin() as work:
        work.emit(said("a"))
    rows("UPDATE outbox SET published_at = now() RETURNING 1")
    chosen = republishing.Selection(subject="a")
    assert republishing.republish(service.database, chosen, actor="olga", reason="lost") == 1


def test_erasure_leaves_nothing_but_numbers(service: Service, rows: Rows) -> None:
    with service.database.begin() as work:
        work.emit(said("a", text="secret"))
        work.emit(said("b", text="secret"))
    rows("UPDATE outbox SET published_at = now() RETURNING 1")
    with service.database.begin() as work:
        erase_subject(work.connection, "a")
        work.emit(said("a", text="last"))
    assert rows("SELECT subject, sequence FROM outbox ORDER BY position") == [("b", 1), ("a", 2)]


def test_what_was_not_sent_yet_is_sent_before_it_goes(service: Service, rows: Rows) -> None:
    with service.database.begin() as work:
        work.emit(said("a", text="secret"))
    with service.database.begin() as work:
        erase_subject(work.connection, "a")
        work.emit(said("a", text="last"))

    def finish() -> list[object]:
        finish_erasures(service.database)
        return rows("SELECT sequence FROM outbox ORDER BY position")

    assert finish() == [1, 2]
    rows("UPDATE outbox SET published_at = now() RETURNING 1")
    assert finish() == [2], "the last word is kept as long as every event"
    assert rows("SELECT outbox_until IS NULL FROM erased_subjects") == [False], "others may still be at it"
    rows("UPDATE erased_subjects SET erased_at = now() - interval '1 hour' RETURNING 1")
    assert finish() == [2]
    assert rows("SELECT outbox_until IS NULL FROM erased_subjects") == [True]


def test_a_job_removes_what_was_not_sent_as_soon_as_it_is(service: Service, rows: Rows) -> None:
    with service.database.begin() as work:
        work.emit(said("a", text="secret"))
    for _ in range(2):
        with service.database.begin() as work:
            erase_subject(work.connection, "a")
    waiting = "SELECT task_name, args ->> 'subject', scheduled_at < now() + %s FROM procrastinate_jobs"
    assert rows(waiting, timedelta(minutes=1)) == [(FINISH_TASK, "a", True)]
    with pytest.raises(NotNow):
        finish_when_sent(service.database, "a")
    assert rows("SELECT sequence FROM outbox") == [1]
    rows("UPDATE outbox SET published_at = now() RETURNING 1")
    finish_when_sent(service.database, "a")
    assert rows("SELECT sequence FROM outbox") == []


def test_the_last_word_about_an_erased_subject_is_a_tombstone_with_the_next_number(
    service: Service, rows: Rows
) -> None:
    with service.database.begin() as work:
        work.emit(said("a", text="secret"))
    rows("UPDATE outbox SET published_at = now() RETURNING 1")
    with service.database.begin() as work:
        erase_subject(work.connection, "a")
        work.emit(Tombstone(said_on("t"), "a"))
    assert rows("SELECT sequence, data FROM outbox") == [(2, None)]


def test_of_the_snapshots_of_a_subject_in_one_transaction_the_last_one_is_sent(
    service: Service, rows: Rows
) -> None:
    snapshot = said_on("state", is_snapshot=True)
    with service.database.begin() as work:
        for number in (1, 2):
            work.emit(said("a", number=number))
            for subject in ("a", "b"):
                work.emit(snapshot(thing=subject, number=number))
        work.emit(Tombstone(snapshot, "b"))
    with service.database.begin() as work:
        work.emit(snapshot(thing="a", number=3))
    query = "SELECT topic, subject, sequence, convert_from(data, 'UTF8')::json ->> 'number' FROM outbox"
    assert rows(f"{query} ORDER BY position") == [
        ("t", "a", 1, "1"),
        ("t", "a", 2, "2"),
        ("state", "a", 1, "2"),
        ("state", "b", 1, None),
        ("state", "a", 2, "3"),
    ]
