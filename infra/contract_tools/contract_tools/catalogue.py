"""Make the event catalogue: one page that needs nothing but itself."""

import json
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from contract_tools.field_words import in_words
from contract_tools.model import Contracts, Event, Topic
from contract_tools.schema_fields import Field, fields


def catalogue_page(contracts: Contracts, *, type_prefix: str) -> str:
    """The page as HTML: every topic, event, field and example, and who sends what to whom."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("catalogue.html.j2")
    return page.render(
        topics=[_topic(contracts, topic) for topic in contracts.topics.values()],
        event_count=len(contracts.events),
        type_prefix=type_prefix,
    )


def _topic(contracts: Contracts, topic: Topic) -> dict[str, Any]:
    return {
        "name": topic.name,
        "description": topic.description,
        "owner": topic.owner,
        "consumers": list(topic.consumers),
        "key": topic.key,
        "partitions": topic.partitions,
        "cleanup": topic.cleanup,
        "retention_days": topic.retention_days,
        "events": [_event(contracts, topic, contracts.events[key]) for key in topic.events],
    }


def _event(contracts: Contracts, topic: Topic, event: Event) -> dict[str, Any]:
    rows = [_row(field) for field in fields(event.schema)]
    return {
        "key": event.key,
        "title": event.schema["title"],
        "description": event.schema["description"],
        "schema_id": event.schema["$id"],
        "owner": topic.owner,
        "consumers": contracts.consumers_of(event.key),
        "changes": contracts.releases[event.key].changes if event.key in contracts.releases else (),
        "is_personal": any(row["is_personal"] for row in rows),
        "fields": rows,
        "examples": [
            (case.replace("_", " ") or "typical", _pretty(data)) for case, data in event.examples.items()
        ],
        "schema": _pretty(event.schema),
    }


def _row(field: Field) -> dict[str, Any]:
    return {
        "path": field.path.removeprefix("/").replace("/", "."),
        "depth": field.path.count("/") - 1,
        "words": in_words(field.schema),
        "is_required": field.is_required,
        "is_personal": field.is_personal,
        "description": field.schema.get("description", ""),
    }


def _pretty(data: Any) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False)
