"""Small parts of the event backbone: backoff, failpoints, traces, deadlines, log limits."""

import logging
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from kafka.errors import KafkaTimeoutError, MessageSizeTooLargeError
from kafka.future import Future
from tests.unit.chassis.test_envelope import MOMENT

from chassis.database.jobs import Backoff
from chassis.failures import NeverPossible, NotNow
from chassis.messaging.outbox import LARGEST_VALUE_BYTES
from chassis.messaging.relay.pending import PendingRow
from chassis.messaging.relay.sending import RecordRefused, SendFailed, Sending
from chassis.telemetry import traces
from chassis.telemetry.rate_limited import RateLimited
from fault_runner.failpoints import FailpointHit, parse, reacher


def queued(attempts: int) -> Any:
    return SimpleNamespace(attempts=attempts)


def test_backoff_doubles_up_to_its_limit() -> None:
    backoff = Backoff(first_seconds=1, most_seconds=5)
    waits = [backoff.wait_after(attempt).total_seconds() for attempt in range(1, 6)]
    assert waits == [1, 2, 4, 5, 5]
    assert backoff.wait_after(10_000) == timedelta(seconds=5)


def test_backoff_gives_up_what_will_never_be_possible() -> None:
    backoff = Backoff()
    assert backoff.get_retry_decision(exception=ValueError(), job=queued(1_000)) is not None
    assert backoff.get_retry_decision(exception=NeverPossible("x", "y"), job=queued(0)) is None


def test_not_now_may_say_when() -> None:
    told = NotNow("x", "y", retry_after=timedelta(hours=2))
    decision = Backoff().get_retry_decision(exception=told, job=queued(0))
    assert decision is not None
    assert decision.retry_at is not None
    usual = Backoff().get_retry_decision(exception=NotNow("x", "y"), job=queued(0))
    assert usual is not None
    assert usual.retry_at is not None
    assert decision.retry_at - usual.retry_at > timedelta(hours=1)


def test_a_failpoint_hits_at_the_pass_it_names() -> None:
    reach = reacher(parse("a.b=raise:@2"))
    reach("a.b")
    reach("other")
    with pytest.raises(FailpointHit, match=r"a\.b"):
        reach("a.b")
    reach("a.b")


@pytest.mark.parametrize("text", ["a", "a=explode", "=kill"])
def test_a_failpoint_setting_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="FAILPOINTS"):
        parse(text)


@pytest.mark.parametrize(
    ("launcher", "returncode"), [(["fault_runner.failpoints", "reaching"], -9), (["reaching"], 0)]
)
def test_failpoints_kill_under_their_own_launcher_only(
    tmp_path: Path, launcher: list[str], returncode: int
) -> None:
    """No variable of its environment makes a service's own process die."""
    (tmp_path / "reaching.py").write_text("from chassis import failpoints; failpoints.reach('a')")
    environ = {**os.environ, "FAILPOINTS": "a=kill", "PYTHONPATH": str(tmp_path)}
    done = subprocess.run([sys.executable, "-m", *launcher], env=environ, check=False)
    assert done.returncode == returncode


def test_services_know_places_and_no_way_to_die() -> None:
    """What is shipped holds neither the setting nor the signal, but for others' programs."""
    shipped = [path for path in Path("services").rglob("*.py") if "tests" not in path.parts]
    assert len(shipped) > 300
    for path in shipped:
        if path.name == "dies_with_parent.py":
            continue
        text = path.read_text()
        assert not re.search(r"FAILPOINT|SIGKILL|_failpoints|gangway\.faults", text), path


def test_a_trace_is_continued_for_the_block_only() -> None:
    before = traces.current()
    given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"
    with traces.continued(given) as span:
        assert traces.current() == span
        assert (span[:35], span[53:]) == (given[:35], "00")
        assert span != given
    assert traces.current() == before


@pytest.mark.parametrize("nonsense", [None, "", "00-1-2-3", f"00-{'0' * 32}-{'1' * 16}-01", f"ff-{'1' * 52}"])
def test_nonsense_begins_a_new_trace(nonsense: str | None) -> None:
    with traces.continued(nonsense) as span:
        assert traces.is_valid(span)


def test_the_kafka_logger_is_limited_by_message() -> None:
    limit = RateLimited(most=2, period_seconds=3600)
    loud = [logging.LogRecord("kafka.x", 30, "", 0, "loop %s", (n,), None) for n in range(5)]
    other = logging.LogRecord("kafka.x", 30, "", 0, "other", (), None)
    assert [limit.filter(record) for record in [*loud, other]] == [True, True, False, False, False, True]


class FakeProducer:
    """Gives out futures that the test settles."""

    def __init__(self) -> None:
        self.futures: list[Future] = []
        self.is_forced_to_close = False
        self.config = {"partitioner": SimpleNamespace(partition=lambda *_: 0)}
        self._metadata = None
        self._sender = SimpleNamespace(force_close=self._force_close, wakeup=lambda: None)
        self._accumulator = SimpleNamespace(append=lambda *_: (self._new_future(), False, False, False))
        self.checked: list[dict[str, Any]] = []

    def send(self, topic: str, **record: Any) -> Future:
        self.checked.append({"topic": topic, **record})
        return self._new_future()

    def _new_future(self) -> Future:
        self.futures.append(Future())
        return self.futures[-1]

    def _force_close(self) -> None:
        self.is_forced_to_close = True


def row(position: int) -> PendingRow:
    return PendingRow(
        position, 0, "t", "s", str(uuid4()), position, "x.v1", None, "/x", MOMENT, None, b"{}", None, None
    )


def sending(deadline_seconds: float) -> tuple[FakeProducer, Sending]:
    producer = FakeProducer()
    return producer, Sending(producer, deadline_seconds=deadline_seconds)


def test_rows_are_acknowledged_once_and_only_then_leave_the_flight() -> None:
    producer, flight = sending(60)
    for position in (1, 2):
        flight.send(row(position))
    producer.futures[1].success(None)
    assert flight.take_acknowledged() == [2]
    assert flight.in_flight == [1]
    assert flight.take_acknowledged() == []
    flight.check()
    flight.close()


def test_a_producer_that_never_answers_is_given_up() -> None:
    _, flight = sending(0)
    flight.send(row(1))
    with pytest.raises(SendFailed, match="no acknowledgement"):
        flight.check()
    flight.close()


def test_an_answer_that_nobody_has_taken_yet_is_an_answer() -> None:
    """Who was suspended, or waited for the database, finds it late."""
    producer, flight = sending(0)
    flight.send(row(1))
    producer.futures[0].success(None)
    flight.check()
    assert flight.take_acknowledged() == [1]
    flight.close()


def test_after_a_failure_nothing_more_goes_out_behind_it() -> None:
    producer, flight = sending(60)
    flight.send(row(1))
    producer.futures[0].failure(KafkaTimeoutError())
    assert producer.is_forced_to_close
    with pytest.raises(SendFailed):
        flight.check()
    flight.close()


def test_what_was_copied_as_it_came_or_is_large_is_checked_before_it_is_sent() -> None:
    producer, flight = sending(60)
    copied = row(1)._replace(record_key=b"k", record_headers=[["name", "value"]])
    large = row(2)._replace(data=b" " * (LARGEST_VALUE_BYTES + 1))
    for sent in (copied, large, row(3)):
        flight.send(sent)
    assert [(record["key"], record["headers"]) for record in producer.checked] == [
        (b"k", [("name", b"value")]),
        (b"s", large.headers()),
    ]
    for future in producer.futures:
        future.success(None)
    assert flight.take_acknowledged() == [1, 2, 3]
    flight.close()


def test_a_record_that_is_refused_names_its_lane() -> None:
    producer, flight = sending(60)
    flight.send(row(1))
    producer.futures[0].failure(MessageSizeTooLargeError())
    with pytest.raises(RecordRefused) as refused:
        flight.check()
    assert refused.value.lane == ("t", "s")
    flight.close()
