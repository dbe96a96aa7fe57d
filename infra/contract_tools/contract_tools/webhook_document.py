"""Say what webhooks bring as an OpenAPI 3.1 document, by its field ``webhooks``.

https://spec.openapis.org/oas/v3.1.1.html
"""

from typing import Any

from contract_tools.asyncapi import WEBHOOK_HEADERS, document_version
from contract_tools.model import Contracts, Event
from contract_tools.named_shapes import REFERENCE, named_shapes
from contract_tools.webhook_shapes import ATTRIBUTES, data_name, envelope_name, webhook_shapes

_DESCRIPTION = """\
What an endpoint of yours gets: requests by Standard Webhooks with a CloudEvent 1.0 inside, structured or
binary, as the endpoint's `body` says. Delivery is at least once, under the same `webhook-id`. Ignore fields,
enum values and event types that you do not know. Personal fields are left out unless your scope has them."""


def webhook_document(contracts: Contracts, *, type_prefix: str) -> dict[str, Any]:
    """The document as plain JSON values."""
    events = contracts.told_to_integrators.values()
    own = webhook_shapes(contracts)
    as_on_kafka = named_shapes(event for event in events if data_name(event) not in own)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Gangway's webhooks",
            "version": document_version(contracts),
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "webhooks": {event.key: {"post": _request(event, type_prefix)} for event in events},
        "components": {
            "schemas": {**as_on_kafka, **own},
            "parameters": {**SIGNED_HEADERS, **_BINARY_HEADERS},
        },
    }


def _request(event: Event, type_prefix: str) -> dict[str, Any]:
    cases = {case or "typical": example for case, example in event.examples.items()}
    return {
        "operationId": event.key,
        "summary": event.schema["title"],
        "description": event.schema["description"],
        "parameters": [
            {"$ref": f"#/components/parameters/{name}"} for name in (*SIGNED_HEADERS, *_BINARY_HEADERS)
        ],
        "requestBody": {
            "required": True,
            "content": {
                "application/cloudevents+json": {
                    "schema": {"$ref": REFERENCE + envelope_name(event)},
                    "examples": {
                        case: {"value": example_envelope(event, type_prefix, data)}
                        for case, data in cases.items()
                    },
                },
                "application/json": {
                    "schema": {"$ref": REFERENCE + data_name(event)},
                    "examples": {case: {"value": data} for case, data in cases.items()},
                },
            },
        },
        "responses": _RESPONSES,
    }


def example_envelope(event: Event, type_prefix: str, data: Any) -> dict[str, Any]:
    """The example as a webhook would bring it."""
    return {
        "specversion": "1.0",
        "id": "0193f0a2-7c1e-7d2b-9a54-3f6c1b0e8d11",
        "source": "/gangway",
        "type": f"{type_prefix}.{event.key}",
        "subject": data["partner_id"],
        "time": "2026-03-03T10:02:11+00:00",
        "datacontenttype": "application/json",
        "sequence": f"{1:019}",
        "data": data,
    }


def _header(name: str, description: str, *, required: bool) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": description,
        "schema": {"type": "string"},
    }


SIGNED_HEADERS: dict[str, Any] = {
    name: _header(name, told["description"], required=True)
    for name, told in WEBHOOK_HEADERS["properties"].items()
}
_BINARY_HEADERS: dict[str, Any] = {
    f"ce-{name}": _header(f"ce-{name}", f"With the body binary only. {told['description']}", required=False)
    for name, told in ATTRIBUTES.items()
    if name != "datacontenttype"
}
_RESPONSES: dict[str, Any] = {
    "2XX": {"description": "Taken, within 15 seconds."},
    "410": {"description": "Gone: the endpoint is disabled."},
    "429": {"description": "Too much: the endpoint waits as Retry-After says."},
    "default": {"description": "Not taken: it comes again, for about six days."},
}
