"""The contracts keep the rules, and each rule notices when they do not."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.contracts.conftest import CONTRACTS
from tests.contracts.spoiling import Change, with_schema, with_topic

from contract_tools import Contracts, Topic, load_contracts
from contract_tools.rules import RULES, Rule, broken_rules, services_beside, unknown_services

SERVICES = services_beside(CONTRACTS)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_contracts_keep(rule: Rule, contracts: Contracts) -> None:
    assert list(rule(contracts)) == []


def test_named_services_exist(contracts: Contracts) -> None:
    assert list(unknown_services(contracts, SERVICES)) == []


SPOILT_SCHEMAS: list[tuple[Change, str]] = [
    (lambda schema: schema.update(additionalProperties=True), "closed"),
    (lambda schema: schema["properties"]["message"].pop("description"), "/message: has no description"),
    (lambda schema: schema["properties"]["message"].pop("maxLength"), "/message: a text needs"),
    (lambda schema: schema["properties"]["fields"].pop("maxItems"), "/fields: a list needs"),
    (lambda schema: schema["properties"]["message"].update(contentEncoding="base64"), "'contentEncoding'"),
    (lambda schema: schema["properties"]["message"].update(type="number"), "'number' is not used"),
    (lambda schema: schema["$defs"]["link"].update(additionalProperties={}), "/link: an object is closed"),
    (lambda schema: schema.update({"$id": "urn:gangway:event:partner.applied:v1"}), "/$id"),
    (lambda schema: schema["properties"]["message"].update(maxLength=3), "example: $.message"),
    (lambda schema: schema["required"].remove("partner_id"), "the topic's key partner_id"),
    (lambda schema: schema["properties"].update(Message={"$ref": "#/$defs/link"}), "not in snake case"),
    (lambda schema: schema["properties"]["message"].update(format="date-time"), "named *_at"),
    (lambda schema: schema["$defs"]["link"]["properties"].pop("purpose"), "differs from the one in"),
]


@pytest.mark.parametrize(("spoil", "complaint"), SPOILT_SCHEMAS)
def test_a_spoilt_schema_is_noticed(contracts: Contracts, spoil: Change, complaint: str) -> None:
    problems = broken_rules(with_schema(contracts, "partner.action_required.v1", spoil))
    assert any("partner.action_required.v1" in one and complaint in one for one in problems)


TOPIC = "partner.lifecycle.v1"
SPOILT_TOPICS: list[tuple[Callable[[Topic], dict[str, Any]], str]] = [
    (lambda topic: {"retention_days": 31}, "does not forget within 30 days"),
    (lambda topic: {"cleanup": "compact"}, "does not forget within 30 days"),
    (lambda topic: {"events": topic.events[:-1]}, "partner.erased.v1: stands in 0 topics"),
    (lambda topic: {"events": (*topic.events, "access.cleared.v1")}, "access.cleared.v1: stands in 2 topics"),
    (lambda topic: {"events": (*topic.events, "partner.unheard.v1")}, "lists partner.unheard.v1"),
    (lambda topic: {"consumers": {"onboarding": topic.events}}, "the owner onboarding"),
    (lambda topic: {"source": "/gangway/provisioning"}, "source is '/gangway/provisioning', not"),
    (lambda topic: {"consumers": {"crm": ("access.planned.v1",)}}, "crm reads access.planned.v1"),
    (lambda topic: {"key": "legal_name"}, "the topic's key legal_name"),
]


@pytest.mark.parametrize(("spoil", "complaint"), SPOILT_TOPICS)
def test_a_spoilt_topic_is_noticed(
    contracts: Contracts, spoil: Callable[[Topic], dict[str, Any]], complaint: str
) -> None:
    spoilt = with_topic(contracts, TOPIC, **spoil(contracts.topics[TOPIC]))
    assert any(complaint in problem for problem in broken_rules(spoilt))


STATE = "partner.state.v1"
DAY_MS = 86_400_000
SPOILT_SETTINGS: list[tuple[dict[str, Any], str]] = [
    ({"delete.retention.ms": 30 * DAY_MS}, "max.compaction.lag.ms is None"),
    ({"max.compaction.lag.ms": 31 * DAY_MS, "delete.retention.ms": 30 * DAY_MS}, "not at most 30 days"),
    (
        {"max.compaction.lag.ms": "1 day", "delete.retention.ms": 30 * DAY_MS},
        "max.compaction.lag.ms is 1 day",
    ),
    (
        {"max.compaction.lag.ms": DAY_MS, "delete.retention.ms": 29 * DAY_MS},
        "delete.retention.ms is 2505600000",
    ),
    ({"max.compaction.lag.ms": DAY_MS}, "delete.retention.ms is 86400000"),
]


@pytest.mark.parametrize(("settings", "complaint"), SPOILT_SETTINGS)
def test_a_compacted_topic_that_remembers_too_long_or_forgets_the_forgetting_is_noticed(
    contracts: Contracts, settings: dict[str, Any], complaint: str
) -> None:
    (problem,) = broken_rules(with_topic(contracts, STATE, settings=settings))
    assert problem.startswith(f"{STATE}: ")
    assert complaint in problem


def test_tombstones_outlive_the_other_topics_of_their_owner(contracts: Contracts) -> None:
    (problem,) = [
        problem
        for problem in broken_rules(with_topic(contracts, TOPIC, retention_days=31))
        if problem.startswith(STATE)
    ]
    assert "delete.retention.ms is 2592000000, below the 2678400000" in problem


def test_a_compacted_topic_holds_no_personal_field(contracts: Contracts) -> None:
    def mark(schema: Any) -> None:
        schema["properties"]["legal_name"]["x-personal"] = True

    (problem,) = broken_rules(with_schema(contracts, "partner.state.v1", mark))
    assert problem.startswith(f"{STATE}: does not forget within 30 days")


def test_a_missing_example_is_noticed(folder: Path) -> None:
    (folder / "events" / "partner.applied" / "v1.example.json").unlink()
    assert broken_rules(load_contracts(folder)) == ["partner.applied.v1: v1.example.json is missing"]


def test_an_unknown_service_is_noticed(contracts: Contracts) -> None:
    assert list(unknown_services(contracts, SERVICES - {"provisioning"}))
