"""What a reader would notice between two schemas of an event, in words and paths."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from contract_tools.model import Schema
from contract_tools.schema_fields import Field, fields

# Told apart, or for people alone.
_NOT_COMPARED = {"title", "description", "properties", "required", "items", "additionalProperties", "enum"}


def change_on(day: date, old: Schema, new: Schema) -> dict[str, Any]:
    """The entry of a change log: fields by path, and in ``altered`` a sentence for each that stayed."""
    before = {field.path: field for field in fields(old)}
    after = {field.path: field for field in fields(new)}
    return {
        "on": day.isoformat(),
        "added": [path for path in after if path not in before],
        "removed": [path for path in before if path not in after],
        "altered": [
            f"{path}: {what}"
            for path, field in after.items()
            if path in before
            for what in _altered(before[path], field)
        ],
    }


def is_noticed(change: dict[str, Any]) -> bool:
    return any(change[name] for name in ("added", "removed", "altered"))


def _altered(old: Field, new: Field) -> Iterator[str]:
    if old.is_required != new.is_required:
        yield "required now" if new.is_required else "optional now"
    before, after = old.schema.get("enum", []), new.schema.get("enum", [])
    if joined := [value for value in after if value not in before]:
        yield f"values joined: {', '.join(map(str, joined))}"
    if gone := [value for value in before if value not in after]:
        yield f"values left: {', '.join(map(str, gone))}"
    for word in sorted((old.schema.keys() | new.schema.keys()) - _NOT_COMPARED):
        if old.schema.get(word) != new.schema.get(word):
            yield f"{word} was {old.schema.get(word, 'not given')}, is {new.schema.get(word, 'not given')}"
