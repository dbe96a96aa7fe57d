"""CloudEvents as they are sent: JSON format, or binary mode over HTTP (HTTP protocol binding 1.0.2)."""

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote
from uuid import UUID, uuid5

from chassis.events import ReceivedEvent

STRUCTURED_TYPE = "application/cloudevents+json; charset=utf-8"
BINARY_TYPE = "application/json"
# For ids that are not UUIDs: a `webhook-id` always is one.
_IDS = UUID("8b1a9953-c461-4296-a827-abf8c47804d7")
# Printable ASCII is written as it is in a header, except for what the binding escapes.
_SAFE = "".join(chr(code) for code in range(0x21, 0x7F) if chr(code) not in '"%')


def id_of(source: str, event_id: str) -> UUID:
    """The id under which an event is sent, the same however often it arrives."""
    try:
        return UUID(event_id)
    except ValueError:
        return uuid5(_IDS, f"{source}\n{event_id}")


def attributes_of(event: ReceivedEvent, event_id: UUID, type: str) -> str:
    """The context attributes as a JSON object, ready for `structured` and `binary`."""
    attributes: dict[str, str] = {
        "specversion": "1.0",
        "id": str(event_id),
        "source": event.source,
        "type": type,
        "subject": event.subject,
        "time": event.occurred_at.isoformat(),
        "datacontenttype": BINARY_TYPE,
    }
    if event.sequence is not None:
        attributes["sequence"] = f"{event.sequence:019}"
    if event.traceparent is not None:
        attributes["traceparent"] = event.traceparent
    return as_json(attributes)


def structured(attributes: str, data: str) -> bytes:
    """The whole event in the JSON format; both texts are JSON objects."""
    return f'{attributes[:-1]},"data":{data}}}'.encode()


def binary(attributes: str) -> dict[str, str]:
    """The attributes as headers; the data is the body."""
    named: Mapping[str, str] = json.loads(attributes)
    return {
        f"ce-{name}": quote(value, safe=_SAFE) for name, value in named.items() if name != "datacontenttype"
    }


def as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
