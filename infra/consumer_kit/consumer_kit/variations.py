"""How one event may look within its version: fewer fields, unknown ones, values that joined an enum."""

from collections.abc import Callable, Mapping
from typing import Any

Node = Mapping[str, Any]
UNHEARD_OF = "unheard_of"


def without_personal(data: Any, schema: Node) -> Any:
    """As an integrator gets it whose scope has no personal fields."""
    return _rebuilt(data, schema, schema, lambda node, _: not node.get("x-personal"))


def smallest(data: Any, schema: Node) -> Any:
    """With required fields only."""
    return _rebuilt(data, schema, schema, lambda _, is_required: is_required)


def with_unknown_fields(data: Any) -> Any:
    """With a field more in every object, of a kind that nobody expects."""
    if isinstance(data, list):
        return [with_unknown_fields(one) for one in data]
    if isinstance(data, dict):
        return {name: with_unknown_fields(one) for name, one in data.items()} | {UNHEARD_OF: [{"more": None}]}
    return data


def with_grown_values(data: Any, schema: Node) -> Any:
    """With a value that nobody knows in every enum that may grow."""
    return _grown(data, schema, schema)


def _grown(value: Any, node: Node, root: Node) -> Any:
    node = _resolved(node, root)
    if node.get("x-grows"):
        return UNHEARD_OF
    if isinstance(value, dict):
        return {name: _grown(part, _part(node, name), root) for name, part in value.items()}
    if isinstance(value, list):
        return [_grown(part, node.get("items", {}), root) for part in value]
    return value


def _rebuilt(value: Any, node: Node, root: Node, keeps: Callable[[Node, bool], bool]) -> Any:
    """Without the fields of objects that are not to be kept, by their schema and whether it requires them."""
    node = _resolved(node, root)
    if isinstance(value, list):
        return [_rebuilt(part, node.get("items", {}), root, keeps) for part in value]
    if not isinstance(value, dict) or "properties" not in node:
        return value
    parts = {name: _resolved(_part(node, name), root) for name in value}
    required = node.get("required", ())
    kept = [name for name, part in parts.items() if keeps(part, name in required)]
    return {name: _rebuilt(value[name], parts[name], root, keeps) for name in kept}


def _part(node: Node, name: str) -> Node:
    found: Node = node.get("properties", {}).get(name, {})
    return found


def _resolved(node: Node, root: Node) -> Node:
    """What a reference names, with the words beside it."""
    if "$ref" not in node:
        return node
    rest = {word: value for word, value in node.items() if word != "$ref"}
    return {**root["$defs"][node["$ref"].removeprefix("#/$defs/")], **rest}
