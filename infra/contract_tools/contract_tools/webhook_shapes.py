"""Events as webhooks carry them: CloudEvents in JSON, in which personal fields may be left out."""

from typing import Any

from chassis.messaging.published_schemas import without_duty_to_tell
from contract_tools.model import Contracts, Event
from contract_tools.named_shapes import REFERENCE, named_shapes, shape_name
from contract_tools.schema_fields import fields

_PREFIX = "Webhook"


def webhook_shapes(contracts: Contracts) -> dict[str, dict[str, Any]]:
    """The shape of each event's envelope, and of the data of those that hold something personal.

    The data of all others is as on Kafka: `named_shapes` has it.
    """
    personal = [event for event in contracts.told_to_integrators.values() if _is_personal(event)]
    shapes = named_shapes(personal, prefix=_PREFIX, read=without_duty_to_tell)
    return shapes | {
        envelope_name(event): _envelope(event) for event in contracts.told_to_integrators.values()
    }


def data_name(event: Event) -> str:
    """The name of the shape of the data in a webhook."""
    return (_PREFIX if _is_personal(event) else "") + shape_name(event.key)


def envelope_name(event: Event) -> str:
    """`PartnerAppliedV1Event`."""
    return f"{shape_name(event.key)}Event"


def _is_personal(event: Event) -> bool:
    return any(field.is_personal for field in fields(event.schema))


def _envelope(event: Event) -> dict[str, Any]:
    return {
        "title": envelope_name(event),
        "type": "object",
        "description": event.schema["description"],
        "required": ["specversion", "id", "source", "type", "subject", "time", "data"],
        "properties": {**ATTRIBUTES, "data": {"$ref": REFERENCE + data_name(event)}},
    }


def text_schema(description: str, **words: Any) -> dict[str, Any]:
    return {"type": "string", "description": description, **words}


# The context attributes of CloudEvents, by the names that the JSON format gives them.
ATTRIBUTES: dict[str, Any] = {
    "specversion": text_schema("Version of the CloudEvents specification; always 1.0."),
    "id": text_schema("Id of the event; the same in every attempt and replay.", format="uuid"),
    "source": text_schema("The service that the event is from.", format="uri-reference"),
    "type": text_schema("Prefix, name and version of the event."),
    "subject": text_schema("Id of the partner.", format="uuid"),
    "time": text_schema("When it happened.", format="date-time"),
    "datacontenttype": text_schema("Media type of the data."),
    "sequence": text_schema("Counts one partner's events on one topic from 1; padded, to sort as text."),
    "traceparent": text_schema("W3C trace context of what caused it."),
    "istest": text_schema("Stands in test events only, with the value true."),
}
