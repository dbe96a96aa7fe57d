"""The contracts keep the rules, and each rule notices when they do not."""

from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from tests.contracts.conftest import CONTRACTS
from tests.contracts.spoiling import Change, changed, schema_file, topic_file

from gangway.contracts import Contracts, load_contracts
from gangway.contracts.rules import RULES, Rule, broken_rules, unknown_services
from gangway.contracts.schema_fields import fields

SERVICES = {path.name for path in CONTRACTS.parent.glob("services/*")} - {"chassis"}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_contracts_keep(rule: Rule, contracts: Contracts) -> None:
    assert list(rule(contracts)) == []


def test_named_services_exist(contracts: Contracts) -> None:
    assert list(unknown_services(contracts, SERVICES)) == []


def test_all_formats_in_use_are_really_checked(contracts: Contracts) -> None:
    """A format without its library is silently not checked; then a pattern has to do it."""
    checked = Draft202012Validator.FORMAT_CHECKER.checkers
    for event in contracts.events.values():
        for field in fields(event.schema):
            name = field.schema.get("format")
            assert name is None or name in checked or "pattern" in field.schema, f"{event.key}{field.path}"


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
def test_a_spoilt_schema_is_noticed(folder: Path, spoil: Change, complaint: str) -> None:
    with changed(schema_file(folder, "partner.action_required")) as schema:
        spoil(schema)
    problems = broken_rules(load_contracts(folder))
    assert any("partner.action_required.v1" in one and complaint in one for one in problems)


SPOILT_TOPICS: list[tuple[Change, str]] = [
    (lambda topic: topic.update(retention_days=31), "does not forget within 30 days"),
    (lambda topic: topic.update(cleanup="compact"), "does not forget within 30 days"),
    (lambda topic: topic["events"].remove("partner.expired.v1"), "partner.expired.v1: stands in 0 topics"),
    (lambda topic: topic["events"].append("access.cleared.v1"), "access.cleared.v1: stands in 2 topics"),
    (lambda topic: topic["events"].append("partner.unheard.v1"), "lists partner.unheard.v1"),
    (lambda topic: topic["consumers"].update(onboarding=["partner.applied.v1"]), "the owner onboarding"),
    (lambda topic: topic["consumers"].update(crm=["access.planned.v1"]), "crm reads access.planned.v1"),
    (lambda topic: topic.update(key="legal_name"), "the topic's key legal_name"),
]


@pytest.mark.parametrize(("spoil", "complaint"), SPOILT_TOPICS)
def test_a_spoilt_topic_is_noticed(folder: Path, spoil: Change, complaint: str) -> None:
    with changed(topic_file(folder, "partner.lifecycle.v1")) as topic:
        spoil(topic)
    assert any(complaint in problem for problem in broken_rules(load_contracts(folder)))


def test_a_compacted_topic_may_hold_personal_fields_if_it_says_when_it_compacts(folder: Path) -> None:
    with changed(topic_file(folder, "partner.lifecycle.v1")) as topic:
        topic.update(cleanup="compact", settings={"max.compaction.lag.ms": 86_400_000})
    assert broken_rules(load_contracts(folder)) == []


def test_a_missing_example_is_noticed(folder: Path) -> None:
    (folder / "events" / "partner.applied" / "v1.example.json").unlink()
    assert broken_rules(load_contracts(folder)) == ["partner.applied.v1: v1.example.json is missing"]


def test_an_unknown_service_is_noticed(contracts: Contracts) -> None:
    assert list(unknown_services(contracts, SERVICES - {"provisioning"}))
