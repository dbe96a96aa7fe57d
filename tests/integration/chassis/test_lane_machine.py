"""A state machine over outbox, log, lanes and worker: whatever happens, each event has one effect, in order.

The log is what a broker would hold. It is read from any place behind the last commit, cut anywhere, read
by two consumers in turn, killed before the commit, while facts that handlers need come and go.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.integration.chassis.things import said_on

from chassis import failpoints
from chassis.database.unit_of_work import UnitOfWork
from chassis.messaging.consumer.flood import FloodGauges
from chassis.messaging.consumer.poll import Poll
from chassis.messaging.consumer.reading import Reader
from chassis.messaging.consumer.retrying import LaneRetry
from chassis.messaging.records import KeptRecord
from chassis.messaging.relay.pending import PendingRows
from chassis.service import Service
from fault_runner.failpoints import FailpointHit, parse, reacher

NOTHING = failpoints.reach

SUBJECTS = ("a", "b")


class Backbone(RuleBasedStateMachine):
    """What is said, what stands in the log, what was handled."""

    service: Service

    def __init__(self) -> None:
        super().__init__()
        subscriptions = self.service.subscriptions
        assert subscriptions is not None
        self.group = subscriptions.group
        self.topic = next(iter(subscriptions.topics))
        self.reader = Reader(subscriptions, "gangway")
        self.said: dict[str, list[int]] = {subject: [] for subject in SUBJECTS}
        self.log: list[KeptRecord] = []
        self.read_to = 0
        self.is_known = False
        self._ask("TRUNCATE outbox, outbox_counters, lanes, lane_holes, parked_events, tally, facts")
        self.rows = PendingRows(self.service.database.connect())

    def teardown(self) -> None:
        self.rows._connection.close()

    @rule(subjects=st.lists(st.sampled_from(SUBJECTS), min_size=1, max_size=4), is_hard=st.booleans())
    def say(self, subjects: list[str], is_hard: bool) -> None:
        """One transaction emits; a hard event needs a fact that may be missing."""
        with self.service.database.begin() as work:
            for subject in subjects:
                number = len(self.said[subject]) + 1
                self.said[subject].append(number)
                needs = "fact" if is_hard else None
                work.emit(said_on(self.topic)(thing=subject, number=number, needs=needs))

    @rule(is_killed=st.booleans())
    def relay(self, is_killed: bool) -> None:
        """Send what is pending; killed after the acknowledgement, it sends the same again later."""
        rows = self.rows.read(range(16), in_flight=[], held=[], limit_per_shard=100)
        for row in rows:
            place = (self.topic, 0, len(self.log), 0)
            self.log.append(KeptRecord(*place, row.key(), row.data, row.headers()))
        if not is_killed:
            self.rows.mark_published([row.position for row in rows])

    @precondition(lambda self: self.log)
    @rule(back=st.integers(0, 6), most=st.integers(1, 8), killed=st.sampled_from(["no", "before", "after"]))
    def consume(self, back: int, most: int, killed: str) -> None:
        """Read on from the last committed place or from before it; a kill loses the offset commit."""
        start = max(0, self.read_to - back)
        records = self.log[start : start + most]
        poll = Poll(self.service.database, UnitOfWork, self.reader, self.group, FloodGauges(self.group))
        point = {"no": "", "before": "consumer.before_commit", "after": "consumer.after_commit"}[killed]
        failpoints.reach = reacher(parse(f"{point}=raise") if point else {})
        try:
            poll.handle(records)
        except FailpointHit:
            return
        finally:
            failpoints.reach = NOTHING
        self.read_to = max(self.read_to, start + len(records))

    @rule(is_known=st.booleans())
    def learn_or_forget(self, is_known: bool) -> None:
        self.is_known = is_known
        self._ask("DELETE FROM facts")
        if is_known:
            self._ask("INSERT INTO facts VALUES ('fact')")

    @rule(subject=st.sampled_from(SUBJECTS))
    def work_parked_lane(self, subject: str) -> None:
        LaneRetry(self.service.database, UnitOfWork, self.reader, self.group).run(self.topic, subject)

    @invariant()
    def each_effect_once_and_in_order(self) -> None:
        for subject in SUBJECTS:
            done = self._ask("SELECT number FROM tally WHERE subject = %s ORDER BY id", subject)
            numbers = [row[0] for row in done]
            assert numbers == self.said[subject][: len(numbers)]

    @invariant()
    def no_hole_and_an_open_lane_has_no_queue(self) -> None:
        assert self._ask("SELECT * FROM lane_holes") == []
        open_with_queue = (
            "SELECT 1 FROM lanes AS lane JOIN parked_events AS event USING (consumer_group, topic, subject)"
            " WHERE NOT lane.is_parked"
        )
        assert self._ask(open_with_queue) == []

    @rule()
    def settle(self) -> None:
        """When everybody lives and all facts are known, everything said has its effect."""
        self.learn_or_forget(is_known=True)
        self.relay(is_killed=False)
        self.consume_all()
        for subject in SUBJECTS:
            self.work_parked_lane(subject)
            done = self._ask("SELECT number FROM tally WHERE subject = %s ORDER BY id", subject)
            assert [row[0] for row in done] == self.said[subject]

    def consume_all(self) -> None:
        if self.log[self.read_to :]:
            self.consume(back=0, most=len(self.log), killed="no")

    def _ask(self, query: str, *values: Any) -> list[Any]:
        with self.service.database.begin() as work:
            result = work.connection.exec_driver_sql(query, values or None)
            return list(result) if result.returns_rows else []


@pytest.fixture
def machine(service: Service) -> Iterator[type[Backbone]]:
    yield type("BackboneOfThisTest", (Backbone,), {"service": service})
    failpoints.reach = NOTHING


@pytest.mark.timeout(300)
def test_whatever_happens_each_event_has_one_effect_in_order(machine: type[Backbone]) -> None:
    limits = settings(
        max_examples=15,
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(machine, settings=limits)
