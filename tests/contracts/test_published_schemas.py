"""The schemas that anybody may fetch: closed for producers, open for readers, each at its own address."""

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from tests.common_settings import read_common_settings
from tests.contracts.conftest import READ
from tests.contracts.services import SERVICES, service
from tests.contracts.variants import as_consumers_may_meet, variants

from chassis.events import OutgoingEvent
from chassis.messaging.outbox import Outbox
from chassis.settings import SettingsRefused
from contract_tools import Contracts
from contract_tools.validation import validator
from operator_cli.command import main

BASE = "https://events.example/schemas"
# What a strict validator knows: the words of JSON Schema 2020-12.
KNOWN = {
    *("$schema", "$id", "$defs", "$ref", "$comment", "title", "description", "examples"),
    *("type", "enum", "format", "pattern", "minLength", "maxLength", "minimum", "maximum"),
    *("items", "minItems", "maxItems", "uniqueItems"),
    *("properties", "required", "additionalProperties", "propertyNames", "maxProperties"),
}


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What `gangway events schemas` writes, by path below the folder."""
    folder = tmp_path_factory.mktemp("schemas")
    result = CliRunner().invoke(main, ["events", "schemas", "--base-url", f"{BASE}/", "-o", str(folder)])
    assert result.exit_code == 0, result.output
    return {str(path.relative_to(folder)): json.loads(path.read_text()) for path in folder.rglob("*.json")}


def words_of(node: Any) -> set[str]:
    """All words of a schema, names of properties left out."""
    found = set(node)
    for word in ("properties", "$defs"):
        for child in node.get(word, {}).values():
            found |= words_of(child)
    for word in ("items", "additionalProperties", "propertyNames"):
        if isinstance(node.get(word), dict):
            found |= words_of(node[word])
    return found


def test_every_event_has_both_in_words_that_everybody_knows(
    published: dict[str, Any], contracts: Contracts
) -> None:
    names = {f"{event.name}/v{event.version}" for event in contracts.events.values()}
    assert published.keys() == {f"{name}{kind}.schema.json" for name in names for kind in ("", ".reader")}
    for name, schema in published.items():
        Draft202012Validator.check_schema(schema)
        assert schema["$id"] == f"{BASE}/{name}"
        assert words_of(schema) <= KNOWN, name


@pytest.mark.parametrize("key", READ.events)
def test_a_producer_is_held_to_the_contract_and_a_reader_meets_no_surprise(
    published: dict[str, Any], key: str
) -> None:
    event = READ.events[key]
    closed = validator(published[f"{event.name}/v{event.version}.schema.json"])
    reader = validator(published[f"{event.name}/v{event.version}.reader.schema.json"])
    for variant in variants(event):
        assert closed.is_valid(variant.data) == variant.is_valid, variant.name
    for variant in as_consumers_may_meet(event):
        assert reader.is_valid(variant.data), variant.name
    for missing in event.schema["required"]:
        data = {name: value for name, value in event.examples[""].items() if name != missing}
        assert not reader.is_valid(data)


def client_of(name: str) -> FlaskClient:
    return service(name).create_web_app().test_client()


@pytest.mark.parametrize("name", SERVICES)
def test_the_address_in_an_event_is_served_by_its_sender(name: str, contracts: Contracts) -> None:
    settings = service(name).settings
    outbox = Outbox(type_prefix="gangway", source="/x", schemas_url=settings.schemas_url)
    client = client_of(name)
    for topic in contracts.topics.values():
        for key in topic.events:
            event = contracts.events[key]
            sent = OutgoingEvent(topic="test", subject="x", name=event.name, version=event.version, data={})
            address = outbox._row(sent, 0, 0)["dataschema"]
            for found in (address, address.replace(".reader", "")):
                answer = client.get(found.removeprefix(settings.public_url))
                assert answer.status_code == (200 if topic.owner == name else 404)
                if topic.owner == name:
                    assert answer.json["$id"] == found
                    assert validator(answer.json).is_valid(event.examples[""])


def test_how_a_schema_is_served() -> None:
    client = client_of("onboarding")
    answer = client.get("/schemas/partner.applied/v1.schema.json")
    assert answer.content_type == "application/schema+json"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert "Set-Cookie" not in answer.headers
    again = client.get(
        "/schemas/partner.applied/v1.schema.json", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")
    assert client.head("/schemas/partner.applied/v1.schema.json").status_code == 200
    for wrong in (
        "partner.applied/v2.schema.json",
        "partner.applied/..%2f",
        "x/y",
        "partner.applied/v1.json",
    ):
        missing = client.get(f"/schemas/{wrong}")
        assert (missing.status_code, missing.content_type) == (404, "application/problem+json")


def test_contracts_that_are_not_there_stop_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsRefused) as caught:
        read_common_settings({"CONTRACTS_FOLDER": str(tmp_path / "none")}, "x")
    assert caught.value.problems["CONTRACTS_FOLDER"] == [f"no folder at {tmp_path / 'none'}"]
