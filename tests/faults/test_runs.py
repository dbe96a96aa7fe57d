"""Runs on a real stack: with every protection nothing is lost; without one of them it is found out."""

import json
from pathlib import Path

import pytest
from tests.emitted_events import breaches
from tests.end_to_end.stacks import free_port_base

from fault_runner import sabotage
from fault_runner.checks.difference import Kind
from fault_runner.facts import TopicRecord
from fault_runner.plan import FAILPOINTS, Plan
from fault_runner.run import Result, run
from local_stack.settings import read_stack_settings

pytestmark = [
    pytest.mark.apache,
    pytest.mark.chaos,
    pytest.mark.timeout(900),
    # The supervisor outlives the handle by which it was started; `stop_stack` ends it.
    pytest.mark.filterwarnings("ignore:subprocess .* is still running:ResourceWarning"),
]


def run_on_a_stack(folder: Path, plan: Plan, nodes: int, monkeypatch: pytest.MonkeyPatch) -> Result:
    environ = {"PORT_BASE": str(free_port_base()), "KAFKA_NODES": str(nodes), "GANGWAY_HOME": str(folder)}
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    result = run(plan, read_stack_settings(environ), print)
    records = [TopicRecord(*told) for told in json.loads((plan.folder / "facts.json").read_text())["records"]]
    found = [breaches(record.topic, record.subject, record.name, record.data or None) for record in records]
    assert records
    assert not any(found), found
    return result


# Each place kills one service for certain, at the pass that leaves time for work between two kills.
EVERY_FAILPOINT = {
    "onboarding/web.after_commit": "@8",
    "onboarding/relay.before_send": "@50",
    "provisioning/relay.after_ack": "@15",
    "notifications/relay.after_mark": "@15",
    "onboarding/consumer.before_commit": "@15",
    "provisioning/consumer.after_commit": "@10",
    "notifications/consumer.after_apply": "@20",
    "onboarding/worker.after_task": "@5",
    "provisioning/outside.after_call": "@90",
    "notifications/mail.after_taken": "@10",
    "integrations/sender.after_claim": "once@60",
    "integrations/sender.after_post": "once@100",
    "integrations/sender.before_note": "once@80",
}


def test_kills_at_every_failpoint_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Plan(
        seed="in-the-checks",
        partners=10,
        kills=24,
        folder=tmp_path,
        failpoints=EVERY_FAILPOINT,
        kills_to_the_end=True,
    )

    result = run_on_a_stack(tmp_path, plan, 3, monkeypatch)

    assert result.verdict.differences == ()
    assert result.killed_at >= FAILPOINTS.keys() | {"by chance"}
    assert result.faults > 0


def test_missing_protections_are_found_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One protection less in each service, such that the others' findings are not covered by it."""
    plan = Plan(
        seed="without protection",
        partners=8,
        kills=12,
        kills_per_second=1.6,
        folder=tmp_path,
        failpoints={"provisioning/relay.before_send": 0.15, "onboarding/consumer.after_commit": 0.15},
        sabotage={
            "onboarding": sabotage.NO_LANE_CHECK,
            "provisioning": sabotage.MARK_FIRST,
            "notifications": sabotage.NO_COUNTER_LOCK,
        },
        kills_to_the_end=True,
        deadline_seconds=120,
        still_seconds=5,
        quiet_seconds=15,
    )

    differences = run_on_a_stack(tmp_path, plan, 1, monkeypatch).verdict.differences

    def is_found(kind: Kind, words: str) -> bool:
        return any(found.kind is kind and words in found.words for found in differences)

    assert is_found(Kind.DOUBLED, "onboarding handled")
    # Both topics of notifications are written without the lock, for several people at a time.
    assert is_found(Kind.OUT_OF_ORDER, "message.delivery.v1") or is_found(
        Kind.OUT_OF_ORDER, "learning.progress.v1"
    )
    assert is_found(Kind.LOST, "was committed and is not in the topic")
    assert not is_found(Kind.DOUBLED, "provisioning handled")
