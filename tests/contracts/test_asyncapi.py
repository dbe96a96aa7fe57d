"""The AsyncAPI document is one, by the schema that the AsyncAPI Initiative publishes."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from tests.contracts.references import references
from tests.contracts.variants import as_consumers_may_meet

from contract_tools import Contracts
from contract_tools.asyncapi import asyncapi_document

SPECIFICATION = json.loads(Path(__file__).with_name("asyncapi-3.0.0.schema.json").read_text())


@pytest.fixture(scope="module")
def document(contracts: Contracts) -> dict[str, Any]:
    return asyncapi_document(contracts, type_prefix="acme", server="broker.example:9092")


def resolve(document: Any, reference: str) -> Any:
    for step in reference.removeprefix("#/").split("/"):
        document = document[step]
    return document


def test_it_is_valid(document: dict[str, Any]) -> None:
    assert [error.message for error in Draft7Validator(SPECIFICATION).iter_errors(document)] == []


def test_the_published_schema_would_refuse_another_document(document: dict[str, Any]) -> None:
    wrong = {**document, "operations": {"send": {"action": "emit", "channel": {"$ref": "#/channels/x"}}}}
    assert not Draft7Validator(SPECIFICATION).is_valid(wrong)


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    targets = set(references(document))
    assert targets
    for reference in targets:
        assert resolve(document, reference)


def test_operations_name_messages_of_their_own_channel(document: dict[str, Any]) -> None:
    """A rule of the specification that its JSON Schema cannot say."""
    for operation in document["operations"].values():
        for message in operation["messages"]:
            assert message["$ref"].startswith(operation["channel"]["$ref"] + "/messages/")


def test_a_reader_may_receive_every_event_of_every_topic(
    document: dict[str, Any], contracts: Contracts
) -> None:
    assert document["channels"].keys() == {*contracts.topics, "webhooks"}
    webhooks = {f"{key}.webhook" for key in contracts.told_to_integrators}
    assert document["components"]["messages"].keys() == contracts.events.keys() | webhooks
    assert document["channels"]["webhooks"]["messages"].keys() == contracts.told_to_integrators.keys()
    assert {operation["action"] for operation in document["operations"].values()} == {"receive"}
    for name, topic in contracts.topics.items():
        operation = document["operations"][f"read.{name}"]
        assert [one["$ref"].rpartition("/")[2] for one in operation["messages"]] == list(topic.events)
        assert topic.owner in document["channels"][name]["description"]


def unnamed(node: Any) -> bool:
    """Whether anything below wants a model of its own, but has no name for it."""
    parts = [*node.get("properties", {}).values()]
    parts += [node[word] for word in ("items", "additionalProperties") if isinstance(node.get(word), dict)]
    return any({"properties", "enum"} & part.keys() or unnamed(part) for part in parts)


def test_generators_find_a_name_for_every_model(document: dict[str, Any], contracts: Contracts) -> None:
    schemas = document["components"]["schemas"]
    for name, schema in schemas.items():
        assert schema["title"] == name
        if name not in {"CloudEventsAttributes", "StandardWebhooksHeaders"}:
            assert not unnamed(schema), name
    payloads = {one["payload"]["$ref"] for one in document["components"]["messages"].values()}
    assert len(payloads) == len(contracts.events) + len(contracts.told_to_integrators)
    assert {"PartnerStateV1Grant", "PartnerReviewStartedV1Finding", "SharedLink"} <= schemas.keys()


def test_references_stand_alone(document: dict[str, Any]) -> None:
    """Draft 7 ignores what stands beside one."""

    def check(node: Any) -> None:
        if isinstance(node, dict):
            assert "$ref" not in node or len(node) == 1
            for value in node.values():
                check(value)
        elif isinstance(node, list):
            for item in node:
                check(item)

    check(document["components"]["schemas"])


def test_payload_and_headers_accept_what_is_sent(document: dict[str, Any], contracts: Contracts) -> None:
    schemas = document["components"]
    for key, event in contracts.events.items():
        message = document["components"]["messages"][key]
        payload = Draft7Validator(
            {**message["payload"], "components": schemas}, format_checker=Draft7Validator.FORMAT_CHECKER
        )
        headers = Draft7Validator(
            {**message["headers"], "components": schemas}, format_checker=Draft7Validator.FORMAT_CHECKER
        )
        for variant in as_consumers_may_meet(event):
            payload.validate(variant.data)
        (topic,) = [topic for topic in contracts.topics.values() if key in topic.events]
        for example in event.examples.values():
            assert not payload.is_valid({name: example[name] for name in example if name != topic.key})
        sent = {
            "ce_specversion": "1.0",
            "ce_id": "0193f0a2-7c1e-7d2b-9a54-3f6c1b0e8d11",
            "ce_type": f"acme.{key}",
            "ce_source": "/gangway/onboarding",
            "ce_subject": "0193f0a2-7c1e-7d2b-9a54-3f6c1b0e8d11",
            "ce_time": "2026-03-03T10:02:11Z",
            "ce_sequence": "1",
            "content-type": "application/json",
        }
        headers.validate(sent)
        assert not headers.is_valid({**sent, "ce_type": "acme.other.v1"})
