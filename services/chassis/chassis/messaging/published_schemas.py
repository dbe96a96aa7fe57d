"""The schemas of events as the world may fetch them: each at an address that is its ``$id``.

Every event has two. The producer's is closed: nothing but what it knows may be sent. The readers' is made
from it and open: further properties may come, and values may join the enums that say so. ``ce_dataschema``
names the readers', so that validation by it survives what a version may change.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from chassis.messaging.topic_contracts import topic_contracts

Schema = Mapping[str, Any]

DEFINITIONS = "#/$defs/"
_MARKS = {"x-personal": "Personal data.", "x-grows": "More values may come."}


def file_name(name: str, version: int, *, for_readers: bool) -> str:
    """Where a schema stands below the address of all: ``partner.applied/v1.reader.schema.json``."""
    return f"{name}/v{version}{'.reader' if for_readers else ''}.schema.json"


def published_schema(schema: Schema, address: str, *, for_readers: bool) -> dict[str, Any]:
    """The contract's schema with its address as ``$id``, in words that every validator knows."""
    found = opened(schema) if for_readers else dict(schema)
    return {**_in_standard_words(found), "$id": address}


def opened(node: Schema) -> dict[str, Any]:
    """The schema as readers apply it: further properties, and values that joined, are no fault."""
    found: dict[str, Any] = {}
    for word, value in node.items():
        if word in {"properties", "$defs"}:
            found[word] = {name: opened(child) for name, child in value.items()}
        elif word in {"items", "additionalProperties"} and isinstance(value, Mapping):
            found[word] = opened(value)
        elif word == "enum" and node.get("x-grows"):
            found["examples"] = value
        elif (word, value) != ("additionalProperties", False):
            found[word] = value
    return found


def without_duty_to_tell(schema: Schema) -> dict[str, Any]:
    """The readers' schema in which nothing personal is required: a webhook's scope may leave it out."""
    relaxed: dict[str, Any] = _relaxed(opened(schema), schema.get("$defs", {}))
    return relaxed


def published_schemas(
    contracts: Path, base_url: str, *, owner: str | None = None
) -> Iterator[tuple[str, Any]]:
    """File name and document of both schemas of every event, or of those on ``owner``'s topics."""
    for described in topic_contracts(contracts / "topics"):
        if owner is None or described["owner"] == owner:
            for key in described["events"]:
                yield from _both(contracts, key, base_url)


def _both(contracts: Path, key: str, base_url: str) -> Iterator[tuple[str, Any]]:
    name, _, version = key.rpartition(".v")
    path = contracts / "events" / file_name(name, int(version), for_readers=False)
    schema = json.loads(path.read_text(encoding="utf-8"))
    for for_readers in (False, True):
        place = file_name(name, int(version), for_readers=for_readers)
        yield place, published_schema(schema, f"{base_url}/{place}", for_readers=for_readers)


def _relaxed(node: Any, definitions: Schema) -> Any:
    if not isinstance(node, Mapping):
        return node
    found = {word: _relaxed(value, definitions) for word, value in node.items()}
    if "required" in node and "properties" in node:
        personal = {name for name, part in node["properties"].items() if _tells(part, definitions)}
        found["required"] = [name for name in node["required"] if name not in personal]
    if _tells(node.get("items"), definitions):
        found.pop("minItems", None)
    return found


def _tells(node: Any, definitions: Schema) -> bool:
    if not isinstance(node, Mapping):
        return False
    named = definitions.get(str(node.get("$ref", "")).removeprefix(DEFINITIONS), {})
    return bool(node.get("x-personal") or named.get("x-personal"))


def _in_standard_words(node: Any) -> Any:
    """Our marks as ``$comment``: strict validators refuse words that JSON Schema does not have."""
    if isinstance(node, list):
        return [_in_standard_words(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    found = {word: _in_standard_words(value) for word, value in node.items() if word not in _MARKS}
    if comments := [text for mark, text in _MARKS.items() if node.get(mark) is True]:
        found["$comment"] = " ".join(comments)
    return found
