"""Say the contracts as an AsyncAPI 3.0 document, for tools and people who know that format.

The application that it describes is a reader's: it receives what it likes from any topic, by the schemas that
are open to what a version may bring. https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from typing import Any

from contract_tools.model import Contracts, Event, Topic
from contract_tools.named_shapes import REFERENCE, named_shapes, shape_name

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
            "title": "Reader of Gangway's events",
            "version": _document_version(contracts),
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
    }
    if server:
        document["servers"] = {"kafka": {"host": server, "protocol": "kafka"}}
    document["channels"] = {topic.name: _channel(topic) for topic in contracts.topics.values()}
    document["operations"] = {f"read.{topic.name}": _operation(topic) for topic in contracts.topics.values()}
    document["components"] = {
        "messages": {key: _message(event, type_prefix) for key, event in contracts.events.items()},
        "schemas": {_HEADERS["title"]: _HEADERS, **named_shapes(contracts)},
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
        "description": f"{topic.description} Sent by {topic.owner}.",
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


def _operation(topic: Topic) -> dict[str, Any]:
    """What a reader does with the topic; who sends is told by the topic's description."""
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{topic.name}"},
        "title": f"Read {topic.name}",
        "summary": f"Read {len(topic.events)} kinds of events that {topic.owner} sends.",
        "messages": [{"$ref": f"#/channels/{topic.name}/messages/{key}"} for key in topic.events],
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
                {"$ref": REFERENCE + _HEADERS["title"]},
                {"type": "object", "properties": {"ce_type": ce_type}},
            ]
        },
        "payload": {"$ref": REFERENCE + shape_name(event.key)},
        "bindings": {
            "kafka": {"key": {"type": "string", "format": "uuid"}, "bindingVersion": _KAFKA_BINDING}
        },
        "examples": [
            {"name": case or "typical", "payload": example} for case, example in event.examples.items()
        ],
    }


def _header(description: str, **words: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, **words}


_HEADERS: dict[str, Any] = {
    "type": "object",
    "title": "CloudEventsAttributes",
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
        "ce_dataschema": _header("Address of the JSON Schema for readers of the data.", format="uri"),
        "ce_sequence": _header(
            "Counts the events of one partner on one topic from 1 without a gap; padded, to sort as text.",
            pattern="^0*[1-9][0-9]*$",
        ),
        "content-type": _header("Media type of the data.", pattern="^application/json"),
        "traceparent": _header("W3C trace context of the request that caused it."),
    },
}
