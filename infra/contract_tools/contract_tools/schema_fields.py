"""Walk the schema of an event: references resolved, every field with its path."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chassis.messaging.published_schemas import DEFINITIONS
from contract_tools.model import Schema


@dataclass(frozen=True, kw_only=True)
class Field:
    """One value in an event's data; ``path`` is a pointer where ``*`` stands for any item or name."""

    path: str
    schema: Schema
    is_required: bool

    @property
    def is_personal(self) -> bool:
        return bool(self.schema.get("x-personal"))


def reference_problems(schema: Schema) -> list[str]:
    """References that name nothing in this file, and definitions that contain themselves."""
    return sorted(set(_bad_references(schema, schema.get("$defs", {}), ())))


def _bad_references(node: Any, definitions: Schema, inside: tuple[str, ...]) -> Iterator[str]:
    if isinstance(node, list):
        for item in node:
            yield from _bad_references(item, definitions, inside)
    elif isinstance(node, dict):
        name = str(node.get("$ref", "")).removeprefix(DEFINITIONS)
        if "$ref" in node and name not in definitions:
            yield f"$ref {node['$ref']!r} names nothing in $defs of this file"
        elif "$ref" in node and name in inside:
            yield f"$defs/{name} contains itself"
        elif "$ref" in node:
            yield from _bad_references(definitions[name], definitions, (*inside, name))
        for value in node.values():
            yield from _bad_references(value, definitions, inside)


def expanded(schema: Schema) -> dict[str, Any]:
    """The same schema with every ``$ref`` replaced by what it names, and no ``$defs``.

    Words beside a ``$ref`` (a description that fits the place) win over those of the definition.
    The schema has no `reference_problems`: reading the contracts makes sure of it.
    """
    definitions = schema.get("$defs", {})

    def expand(node: Any) -> Any:
        if isinstance(node, list):
            return [expand(item) for item in node]
        if not isinstance(node, dict):
            return node
        rest = {word: expand(value) for word, value in node.items() if word not in {"$ref", "$defs"}}
        if isinstance(reference := node.get("$ref"), str):
            return {**expand(definitions[reference.removeprefix(DEFINITIONS)]), **rest}
        return rest

    result = expand(dict(schema))
    assert isinstance(result, dict)  # noqa: S101 - a schema is an object; told to the type checker
    return result


def children(node: Schema) -> Iterator[tuple[str, Schema, bool]]:
    """The parts of one expanded node: name (``*`` for items and free names), schema, required or not."""
    required = node.get("required", [])
    for name, child in node.get("properties", {}).items():
        yield name, child, name in required
    if isinstance(node.get("items"), Mapping):
        yield "*", node["items"], True
    if isinstance(node.get("additionalProperties"), Mapping):
        yield "*", node["additionalProperties"], True


def fields(schema: Schema) -> Iterator[Field]:
    """Every field of the event's data, parents before their parts, in the order of the schema."""
    yield from _fields(expanded(schema), "")


def _fields(node: Schema, path: str) -> Iterator[Field]:
    for name, child, is_required in children(node):
        field = Field(path=f"{path}/{name}", schema=child, is_required=is_required)
        yield field
        yield from _fields(child, field.path)
