"""Runs on a real stack: with every protection nothing is lost; without one of them it is found out."""

import json
from pathlib import Path

import pytest
from tests.emitted_events import breaches
from tests.end_to_end.stacks import free_port_base

from fault_runner import sabotage
from fault_runner.checks.difference import Kind
from fault_runner.facts import TopicRecord
from fault_runner.plan import Plan
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
    found = [breaches(record.topic, record.subject, record.name, record.data) for record in records]
    assert records
    assert not any(found), found
    return result


def test_a_hundred_kills_lose_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = Plan(seed="in-the-checks", partners=16, kills=100, kills_per_second=1.6, folder=tmp_path)

    result = run_on_a_stack(tmp_path, plan, 3, monkeypatch)

    assert result.verdict.differences == ()
    assert result.kills >= 100
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
