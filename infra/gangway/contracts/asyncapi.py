"""Say the contracts as an AsyncAPI 3.0 document, for tools and people who know that format.

One document tells about all services: the owner of a topic has an operation that sends, each consumer
one that receives. https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from collections.abc import Mapping
from typing import Any

from gangway.contracts.model import Contracts, Event, Topic

_VERSION = "3.0.0"
_KAFKA_BINDING = "0.5.0"
_DAY_MS = 24 * 60 * 60 * 1000
_DESCRIPTION = """\
Every event is a CloudEvent 1.0 in the Kafka binding's binary mode: its attributes are record headers, its
data is the record value, JSON. The record key is the partner id, so that one partner's events stay in order.
Delivery is at least once: drop a `ce_sequence` that is not higher than the last one of the same topic and
partner; a jump is a hole, except on a compacted topic, where older records may be gone and a record without
a value says that its key is no more. Ignore properties, enum values and event types that you do not know."""


def asyncapi_document(contracts: Contracts, *, type_prefix: str, server: str | None = None) -> dict[str, Any]:
    """The document as plain JSON values; ``server`` is a broker as ``host:port``, to be named in it."""
    document: dict[str, Any] = {
        "asyncapi": _VERSION,
        "info": {
            "title": "Gangway events",
            "version": _document_version(contracts),
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
    }
    if server:
        document["servers"] = {"kafka": {"host": server, "protocol": "kafka"}}
    document["channels"] = {topic.name: _channel(topic) for topic in contracts.topics.values()}
    document["operations"] = {
        name: operation for topic in contracts.topics.values() for name, operation in _operations(topic)
    }
    document["components"] = {
        "messages": {key: _message(event, type_prefix) for key, event in contracts.events.items()},
        "schemas": {"cloudevent_headers": _HEADERS, **_schemas(contracts)},
    }
    return document


def _document_version(contracts: Contracts) -> str:
    """Grows with what is there: the highest event version, the number of events."""
    highest = max((event.version for event in contracts.events.values()), default=0)
    return f"{highest}.{len(contracts.events)}.0"


def _channel(topic: Topic) -> dict[str, Any]:
    configuration: dict[str, Any] = {"cleanup.policy": [topic.cleanup]}
    if topic.cleanup == "delete":
        configuration["retention.ms"] = topic.retention_days * _DAY_MS
    return {
        "address": topic.name,
        "title": topic.name,
        "description": topic.description,
        "messages": {key: {"$ref": f"#/components/messages/{key}"} for key in topic.events},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {**configuration, **topic.settings},
                "bindingVersion": _KAFKA_BINDING,
            }
        },
    }


def _operations(topic: Topic) -> list[tuple[str, dict[str, Any]]]:
    found = [(f"{topic.owner}.sends.{topic.name}", _operation("send", topic, topic.owner, topic.events))]
    for service, keys in topic.consumers.items():
        operation = _operation("receive", topic, service, keys)
        group = {"type": "string", "enum": [service]}
        operation["bindings"] = {"kafka": {"groupId": group, "bindingVersion": _KAFKA_BINDING}}
        found.append((f"{service}.receives.{topic.name}", operation))
    return found


def _operation(action: str, topic: Topic, service: str, keys: tuple[str, ...]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "summary": f"{service} {action}s {len(keys)} kinds of events.",
        "messages": [{"$ref": f"#/channels/{topic.name}/messages/{key}"} for key in keys],
    }


def _message(event: Event, type_prefix: str) -> dict[str, Any]:
    ce_type = {"type": "string", "const": f"{type_prefix}.{event.key}"}
    return {
        "name": event.key,
        "title": event.schema["title"],
        "summary": event.schema["description"],
        "contentType": "application/json",
        "headers": {
            "allOf": [
                {"$ref": "#/components/schemas/cloudevent_headers"},
                {"type": "object", "properties": {"ce_type": ce_type}},
            ]
        },
        "payload": {"$ref": f"#/components/schemas/{event.key}"},
        "bindings": {
            "kafka": {"key": {"type": "string", "format": "uuid"}, "bindingVersion": _KAFKA_BINDING}
        },
        "examples": [
            {"name": case or "typical", "payload": example} for case, example in event.examples.items()
        ],
    }


def _schemas(contracts: Contracts) -> dict[str, Any]:
    """Shared shapes once under their name (the rules keep them the same everywhere), then the events."""
    shapes: dict[str, Any] = {}
    for event in contracts.events.values():
        shapes |= event.schema.get("$defs", {})
    events = {key: _payload(event.schema) for key, event in contracts.events.items()}
    return {name: _relocated(schema) for name, schema in {**shapes, **events}.items()}


def _payload(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {word: value for word, value in schema.items() if word not in {"$schema", "$id", "$defs"}}


def _relocated(node: Any) -> Any:
    """References point into the components; what stands beside one moves, as draft 7 ignores it there."""
    if isinstance(node, list):
        return [_relocated(item) for item in node]
    if not isinstance(node, dict):
        return node
    moved = {word: _relocated(value) for word, value in node.items() if word != "$ref"}
    if not isinstance(node.get("$ref"), str):
        return moved
    reference = {"$ref": node["$ref"].replace("#/$defs/", "#/components/schemas/")}
    return {**moved, "allOf": [reference]} if moved else reference


def _header(description: str, **words: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, **words}


_HEADERS = {
    "type": "object",
    "title": "CloudEvents attributes",
    "description": "CloudEvents 1.0 attributes and extensions, as UTF-8 text in record headers.",
    "required": [
        "ce_specversion",
        "ce_id",
        "ce_type",
        "ce_source",
        "ce_subject",
        "ce_time",
        "ce_sequence",
        "content-type",
    ],
    "properties": {
        "ce_specversion": _header("Version of the CloudEvents specification.", const="1.0"),
        "ce_id": _header("Id of the event; the same when it is published again.", format="uuid"),
        "ce_type": _header("Prefix, name and version of the event."),
        "ce_source": _header("The service that sent it.", format="uri-reference"),
        "ce_subject": _header("Id of the partner; also the record key.", format="uuid"),
        "ce_time": _header("When it happened.", format="date-time"),
        "ce_dataschema": _header("The `$id` of the JSON Schema of the data.", format="uri"),
        "ce_sequence": _header(
            "Counts the events of one partner on one topic from 1 without a gap.", pattern="^[1-9][0-9]*$"
        ),
        "content-type": _header("Media type of the data.", pattern="^application/json"),
        "traceparent": _header("W3C trace context of the request that caused it."),
    },
}
