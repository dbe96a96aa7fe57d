"""Take out of an event's data what tells about a person."""

from collections.abc import Mapping
from typing import Any

from contract_tools.model import Schema
from contract_tools.schema_fields import expanded

PERSONAL = "[personal]"
UNKNOWN = "[not in the contract]"


def redacted(data: Any, schema: Schema) -> Any:
    """The data with personal values replaced.

    What the contract does not know may be personal too, so it is replaced as well.
    """
    return _redacted(data, expanded(schema))


def _redacted(value: Any, node: Schema) -> Any:
    if node.get("x-personal"):
        return PERSONAL
    if isinstance(value, dict):
        return {name: _redacted_part(part, _part_schema(node, name)) for name, part in value.items()}
    if isinstance(value, list):
        return [_redacted_part(item, node.get("items")) for item in value]
    return UNKNOWN if _is_compound(node) else value


def _redacted_part(value: Any, node: Any) -> Any:
    return _redacted(value, node) if isinstance(node, Mapping) else UNKNOWN


def _part_schema(node: Schema, name: str) -> Any:
    return node.get("properties", {}).get(name, node.get("additionalProperties"))


def _is_compound(node: Schema) -> bool:
    return bool({"properties", "items", "additionalProperties"} & node.keys())
