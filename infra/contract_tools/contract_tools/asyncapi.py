"""Say the contracts as an AsyncAPI 3.0 document, for tools and people who know that format.

The application that it describes is a reader's: it receives what it likes from any topic, or by webhook, by
the schemas that are open to what a version may bring. https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from collections.abc import Mapping
from typing import Any

from contract_tools.model import Contracts, Event, Topic
from contract_tools.named_shapes import REFERENCE, named_shapes, shape_name
from contract_tools.webhook_shapes import envelope_name, text_schema, webhook_shapes

_VERSION = "3.0.0"
_KAFKA_BINDING = "0.5.0"
_HTTP_BINDING = "0.3.0"
WEBHOOKS = "webhooks"
_DAY_MS = 24 * 60 * 60 * 1000
_DESCRIPTION = """\
On Kafka, every event is a CloudEvent 1.0 in the binding's binary mode: its attributes are record headers, its
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
            "version": document_version(contracts),
            "description": _DESCRIPTION,
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": "application/json",
    }
    if server:
        document["servers"] = {
            "kafka": {"host": server, "protocol": "kafka"},
            "receiver": {"host": "hooks.example.com", "protocol": "https", "description": "Yours."},
        }
    events, topics = contracts.events, contracts.topics.values()
    by_webhook = contracts.told_to_integrators
    document["channels"] = {topic.name: _channel(topic) for topic in topics} | {
        WEBHOOKS: _webhooks(by_webhook)
    }
    for name, channel in document["channels"].items() if server else ():
        its = "receiver" if name == WEBHOOKS else "kafka"
        channel["servers"] = [{"$ref": f"#/servers/{its}"}]
    document["operations"] = {f"read.{topic.name}": _operation(topic) for topic in topics}
    document["operations"]["receive.webhooks"] = _webhook_operation(by_webhook)
    document["components"] = {
        "messages": {key: _message(contracts, event, type_prefix) for key, event in events.items()}
        | {f"{key}.webhook": _webhook_message(event) for key, event in by_webhook.items()},
        "schemas": {
            **{headers["title"]: headers for headers in (_HEADERS, WEBHOOK_HEADERS)},
            **named_shapes(events.values()),
            **webhook_shapes(contracts),
        },
    }
    return document


def document_version(contracts: Contracts) -> str:
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


def _message(contracts: Contracts, event: Event, type_prefix: str) -> dict[str, Any]:
    release = contracts.releases.get(event.key)
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
        "x-changes": list(release.changes) if release else [],
    }


def _webhooks(events: Mapping[str, Event]) -> dict[str, Any]:
    return {
        "address": None,
        "title": "Webhooks",
        "description": "Requests to the address of your endpoint, by Standard Webhooks.",
        "messages": {key: {"$ref": f"#/components/messages/{key}.webhook"} for key in events},
    }


def _webhook_operation(events: Mapping[str, Event]) -> dict[str, Any]:
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{WEBHOOKS}"},
        "title": "Receive webhooks",
        "summary": "Receive the events that an endpoint is subscribed to. Personal fields may be left out.",
        "bindings": {"http": {"method": "POST", "bindingVersion": _HTTP_BINDING}},
        "messages": [{"$ref": f"#/channels/{WEBHOOKS}/messages/{key}"} for key in events],
    }


def _webhook_message(event: Event) -> dict[str, Any]:
    """In structured mode; in binary mode the attributes are headers, as the OpenAPI document says."""
    return {
        "name": f"{event.key}.webhook",
        "title": event.schema["title"],
        "summary": event.schema["description"],
        "contentType": "application/cloudevents+json",
        "headers": {"$ref": REFERENCE + WEBHOOK_HEADERS["title"]},
        "payload": {"$ref": REFERENCE + envelope_name(event)},
    }


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
        "ce_specversion": text_schema("Version of the CloudEvents specification.", const="1.0"),
        "ce_id": text_schema("Id of the event; the same when it is published again.", format="uuid"),
        "ce_type": text_schema("Prefix, name and version of the event."),
        "ce_source": text_schema("The service that sent it.", format="uri-reference"),
        "ce_subject": text_schema("Id of the partner; also the record key.", format="uuid"),
        "ce_time": text_schema("When it happened.", format="date-time"),
        "ce_dataschema": text_schema("Address of the JSON Schema for readers of the data.", format="uri"),
        "ce_sequence": text_schema(
            "Counts the events of one partner on one topic from 1 without a gap; padded, to sort as text.",
            pattern="^0*[1-9][0-9]*$",
        ),
        "content-type": text_schema("Media type of the data.", pattern="^application/json"),
        "traceparent": text_schema("W3C trace context of the request that caused it."),
    },
}
WEBHOOK_HEADERS: dict[str, Any] = {
    "type": "object",
    "title": "StandardWebhooksHeaders",
    "description": "Who sent it, and when: https://www.standardwebhooks.com.",
    "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
    "properties": {
        "webhook-id": text_schema(
            "The event's id, the same in every attempt and replay: drop what you have seen.", format="uuid"
        ),
        "webhook-timestamp": text_schema(
            "When this attempt was sent, in seconds since 1970: refuse what is old."
        ),
        "webhook-signature": text_schema(
            "A signature for each secret that counts, separated by spaces: v1 or v1a."
        ),
    },
}
