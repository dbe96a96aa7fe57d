"""The AsyncAPI document is one, by the schema that the AsyncAPI Initiative publishes."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from gangway.contracts import Contracts
from gangway.contracts.asyncapi import asyncapi_document

SPECIFICATION = json.loads(Path(__file__).with_name("asyncapi-3.0.0.schema.json").read_text())


@pytest.fixture(scope="module")
def document(contracts: Contracts) -> dict[str, Any]:
    return asyncapi_document(contracts, type_prefix="acme", server="broker.example:9092")


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for value in node.values():
            yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


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


def test_it_tells_every_topic_event_sender_and_reader(document: dict[str, Any], contracts: Contracts) -> None:
    assert document["channels"].keys() == contracts.topics.keys()
    assert document["components"]["messages"].keys() == contracts.events.keys()
    actions = {name: operation["action"] for name, operation in document["operations"].items()}
    for topic in contracts.topics.values():
        assert actions.pop(f"{topic.owner}.sends.{topic.name}") == "send"
        for service in topic.consumers:
            assert actions.pop(f"{service}.receives.{topic.name}") == "receive"
    assert actions == {}


def test_payload_and_headers_accept_what_is_sent(document: dict[str, Any], contracts: Contracts) -> None:
    schemas = document["components"]
    for key, event in contracts.events.items():
        message = document["components"]["messages"][key]
        payload = Draft7Validator({**message["payload"], "components": schemas})
        headers = Draft7Validator({**message["headers"], "components": schemas})
        for example in event.examples.values():
            payload.validate(example)
            assert not payload.is_valid({**example, "unheard_of": 1})
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
