"""The part of JSON Schema that contracts use, so that every tool here understands every contract."""

from collections.abc import Iterator
from typing import Any

from contract_tools.model import Schema
from contract_tools.schema_fields import children, expanded

_ANNOTATIONS = {"title", "description", "x-personal"}
_WORDS = {
    "object": {"properties", "required", "additionalProperties", "propertyNames", "maxProperties"},
    "array": {"items", "minItems", "maxItems", "uniqueItems"},
    "string": {"enum", "pattern", "format", "minLength", "maxLength", "x-grows"},
    "integer": {"minimum", "maximum"},
    "boolean": set[str](),
}
_SHORT_FORMATS = {"uuid", "date-time"}
_ROOT_WORDS = {"$schema", "$id"}


def dialect_problems(schema: Schema) -> Iterator[str]:
    """Where the schema is open, undescribed, unbounded, or says something that our tools do not read."""
    root = {word: value for word, value in expanded(schema).items() if word not in _ROOT_WORDS}
    if root.get("type") != "object" or root.get("additionalProperties") is not False:
        yield "/: the data is a closed object (type object, additionalProperties false)"
    yield from _node_problems(root, "")


def _node_problems(node: Schema, path: str) -> Iterator[str]:
    kind = _kind(node)
    if kind not in _WORDS:
        yield f"{path or '/'}: type {node.get('type')!r} is not used in contracts"
        return
    for word in sorted(node.keys() - _ANNOTATIONS - _WORDS[kind] - {"type"}):
        yield f"{path or '/'}: {word!r} is not used for {kind} in contracts"
    if not node.get("description"):
        yield f"{path or '/'}: has no description"
    if bound := _missing_bound(kind, node):
        yield f"{path or '/'}: {bound}"
    for name, child, _ in children(node):
        yield from _node_problems(child, f"{path}/{name}")


def _kind(node: Schema) -> Any:
    """The type of a node; ``[type, "null"]`` counts as the type."""
    kind = node.get("type")
    if isinstance(kind, list):
        others = [one for one in kind if one != "null"]
        return others[0] if len(others) == 1 else None
    return kind


def _missing_bound(kind: str, node: Schema) -> str | None:
    match kind:
        case "string" if not ("enum" in node or node.get("format") in _SHORT_FORMATS or _is_short(node)):
            return "a text needs an enum, a maxLength or a pattern without + and *"
        case "array" if not {"items", "maxItems"} <= node.keys():
            return "a list needs items and maxItems"
        case "integer" if not {"minimum", "maximum"} <= node.keys():
            return "a number needs minimum and maximum"
        case "object" if node.get("additionalProperties") is not False:
            if not {"maxProperties", "propertyNames", "additionalProperties"} <= node.keys():
                return (
                    "an object is closed, or a map with maxProperties, propertyNames and additionalProperties"
                )
    return None


def _is_short(node: Schema) -> bool:
    pattern = node.get("pattern", "*")
    return "maxLength" in node or not ({"+", "*"} & set(pattern))
