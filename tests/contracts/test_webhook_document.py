"""What webhooks bring, as OpenAPI 3.1: valid, and true of events with and without personal fields."""

from typing import Any

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from tests.contracts.references import references

from contract_tools import Contracts
from contract_tools.asyncapi import asyncapi_document
from contract_tools.redaction import PERSONAL, redacted
from contract_tools.validation import validator
from contract_tools.webhook_document import example_envelope, webhook_document


@pytest.fixture(scope="module")
def document(contracts: Contracts) -> dict[str, Any]:
    return webhook_document(contracts, type_prefix="acme")


def test_it_is_valid_and_whole(document: dict[str, Any], contracts: Contracts) -> None:
    validate(document)
    assert document["webhooks"].keys() == contracts.told_to_integrators.keys()
    named = {reference.rpartition("/")[2] for reference in references(document)}
    assert named == document["components"]["schemas"].keys() | document["components"]["parameters"].keys()


def test_it_takes_what_comes_in_both_modes(document: dict[str, Any], contracts: Contracts) -> None:
    for key, event in contracts.told_to_integrators.items():
        content = document["webhooks"][key]["post"]["requestBody"]["content"]
        bodies = {
            kind: told["schema"] | {"components": document["components"]} for kind, told in content.items()
        }
        structured, data_alone = (
            Draft202012Validator(bodies[kind])
            for kind in ("application/cloudevents+json", "application/json")
        )
        for example in event.examples.values():
            for data in (example, without(redacted(example, event.schema))):
                data_alone.validate(data)
                structured.validate(example_envelope(event, "acme", data))
            assert not data_alone.is_valid({"partner_id": 7})
        assert not structured.is_valid({"data": example})


def without(value: Any) -> Any:
    """As it is sent: a field that was hidden is left out."""
    if isinstance(value, dict):
        return {name: without(part) for name, part in value.items() if part != PERSONAL}
    return [without(part) for part in value if part != PERSONAL] if isinstance(value, list) else value


def test_what_webhooks_may_leave_out_kafka_always_has(contracts: Contracts) -> None:
    schemas = asyncapi_document(contracts, type_prefix="acme")["components"]
    event = contracts.events["partner.member_added.v1"]
    example = without(redacted(event.examples[""], event.schema))
    on_kafka, by_webhook = (
        Draft202012Validator({"$ref": f"#/components/schemas/{name}", "components": schemas})
        for name in ("PartnerMemberAddedV1", "WebhookPartnerMemberAddedV1")
    )
    assert not validator(event.schema).is_valid(example)
    assert (on_kafka.is_valid(example), by_webhook.is_valid(example)) == (False, True)
