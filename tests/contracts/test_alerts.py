"""The alert rules look at metrics that there are, which are documented, as is what to do at each rule."""

import re
import threading
from dataclasses import fields
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from chassis.messaging.consumer.consumer import Consumer
from chassis.messaging.subscriptions import Subscriptions, TopicOwner
from chassis.running.failures import count_from_zero
from local_stack.settings import REPOSITORY
from onboarding.adapters.approval_metrics import OVER_LIMIT
from onboarding.domain.approval_limits import ApprovalLimits
from operator_cli.waiting import COMMANDS

RULES = [
    rule
    for group in yaml.safe_load((REPOSITORY / "infra/alerts/gangway.yaml").read_text())["groups"]
    for rule in group["rules"]
]
# Those of prometheus-client and of Prometheus itself.
OTHERS = {"up", "process_start_time_seconds"}


@pytest.fixture(scope="module")
def metrics() -> set[str]:
    """The names in the services' code, as they are declared."""
    code = (path.read_text() for path in (REPOSITORY / "services").glob("*/*/**/*.py"))
    declared = r'(?:Counter|Gauge|GaugeMetricFamily|Histogram|Counted)\(\s*"(\w+)"'
    return {name for text in code for name in re.findall(declared, text)}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule["alert"]))
def test_each_rule_looks_at_what_is_measured(rule: dict[str, Any], metrics: set[str]) -> None:
    read = set(re.findall(r"\b(gangway_\w+|up|process_\w+)(?=\{|\)|\[| )", rule["expr"]))
    assert read, rule["expr"]
    assert {name.removesuffix("_total") for name in read} <= metrics | OTHERS
    kinds = re.findall(r'gangway_waiting\w*\{kind=~?"([\w|]+)"', rule["expr"])
    assert {kind for chosen in kinds for kind in chosen.split("|")} <= COMMANDS.keys()
    assert rule["labels"]["severity"] in {"page", "ticket"}


def test_what_an_increase_is_asked_of_counts_from_zero() -> None:
    """The first event of a counter that begins with it is no increase: nobody would be told."""
    owner = TopicOwner(sources=frozenset({"/gangway/onboarding"}))
    subscriptions = Subscriptions[Any](group="g", topics={"a.topic": {}}, owners={"a.topic": owner})
    stop = threading.Event()
    stop.set()
    nothing: Any = None
    Consumer(nothing, subscriptions, nothing, nothing).run(stop)
    count_from_zero(["advance_grant"])
    asked = {name for rule in RULES for name in re.findall(r"increase\((\w+)", rule["expr"])}
    samples = [sample for metric in REGISTRY.collect() for sample in metric.samples]
    assert asked - {sample.name for sample in samples} == set()
    limits = {sample.labels["limit"] for sample in samples if sample.name == f"{OVER_LIMIT._name}_total"}
    assert limits == {field.name for field in fields(ApprovalLimits)} - {"cost_of_tier"}


def test_the_runbook_has_a_line_for_each() -> None:
    runbook = (REPOSITORY / "docs/operations.md").read_text().partition("## When an alert comes")[2]
    lines = re.findall(r"^\| (Gangway\w+) \| \S", runbook, re.MULTILINE)
    assert sorted(lines) == sorted(rule["alert"] for rule in RULES)


def test_each_metric_is_documented(metrics: set[str]) -> None:
    documented = (REPOSITORY / "docs/processes.md").read_text()
    assert {name for name in metrics if not re.search(rf"`{name}(_total)?[{{`]", documented)} == set()
    assert len(metrics) > 20
