"""Data that nearly looks like an event's example: every field bent in every way its schema speaks about.

Which of the variants the contract accepts is for the contract to say, not for this module.
"""

from collections.abc import Iterator, Sequence
from copy import copy
from typing import Any, NamedTuple

from jsonschema.protocols import Validator

from contract_tools import Event
from contract_tools.schema_fields import expanded
from contract_tools.validation import validator

ABSENT = object()
_OF_OTHER_TYPES = (None, 7, "text", True, [], {})
_UNHEARD = "unheard_of"
_WRONG_FORMATS = {
    "uri": ("https://a b.example", "https://x.example/50%", "https://x.example/#a#b", "https://ü.example"),
    "idn-email": ("@", "a@", "a b@c.example", "a@b@c.example", "a@-b.example"),
    "date-time": ("2026-03-03", "2026-03-03T10:02:11", "2026-13-03T10:02:11Z"),
    "uuid": ("0193f0a2-7c1e", "0193f0a2-7c1e-7d2b-9a54-3f6c1b0e8dzz"),
}


class Variant(NamedTuple):
    """What was done to which field, the data, and whether the contract accepts it."""

    name: str
    data: Any
    is_valid: bool


def variants(event: Event) -> Sequence[Variant]:
    """All variants of all examples of one event; made once, as every reader of it is held to them.

    Of a bent example only what holds the bent field is checked: all around it is as in the example.
    """
    if id(event) not in _MADE:
        _MADE[id(event)] = event, tuple(_variants(event))
    return _MADE[id(event)][1]


# With the event, as its id would be another's once it is gone.
_MADE: dict[int, tuple[Event, Sequence[Variant]]] = {}


def _variants(event: Event) -> Iterator[Variant]:
    schema = expanded(event.schema)
    check = validator(schema)
    checks: dict[int, Validator] = {}
    for case, example in event.examples.items():
        yield Variant(f"example {case}".strip(), example, check.is_valid(example))
        for path, value in _bent(schema, example, ()):
            data = _with(example, path, value)
            name = f"{'/'.join(map(str, path))} = {'(absent)' if value is ABSENT else repr(value)[:60]}"
            node, holder = _at(schema, data, path[:-1])
            if id(node) not in checks:
                checks[id(node)] = validator(node)
            yield Variant(name, data, checks[id(node)].is_valid(holder))


def as_consumers_may_meet(event: Event) -> Iterator[Variant]:
    """Valid variants, and what later versions of the contract may add: unknown properties, grown enums."""
    for variant in variants(event):
        if variant.is_valid:
            yield variant
    schema = expanded(event.schema)
    for example in event.examples.values():
        for path, value in _grown(schema, example, ()):
            name = f"{'/'.join(map(str, path))} = {value!r} (new)"
            yield Variant(name, _with(example, path, value), is_valid=True)


def _bent(node: Any, value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    for other in _OF_OTHER_TYPES:
        yield path, other
    for other in _bounds(node, value):
        yield path, other
    if isinstance(value, dict):
        for name, part in value.items():
            yield (*path, name), ABSENT
            yield from _bent(_part(node, name), part, (*path, name))
        yield (*path, _UNHEARD), {"more": 1}
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _bent(node["items"], item, (*path, index))


def _bounds(node: Any, value: Any) -> Iterator[Any]:
    """Values at and just beyond what the schema allows."""
    yield from node.get("enum", ())
    if "enum" in node:
        yield _UNHEARD
    for word in ("minLength", "maxLength"):
        if word in node:
            yield from ("x" * length for length in range(max(node[word] - 1, 0), node[word] + 2))
    yield from _WRONG_FORMATS.get(node.get("format"), ())
    if "pattern" in node:
        yield from (f"{value}\n", f"!{value}", "x" * (node.get("maxLength", 0) + 1))
    for word in ("minimum", "maximum"):
        if word in node:
            yield from (node[word] - 1, node[word], node[word] + 1, node[word] + 0.5)
    if isinstance(value, list) and value:
        for length in (node.get("minItems", 0), node["maxItems"], node["maxItems"] + 1):
            yield [value[index % len(value)] for index in range(length)]
    if isinstance(node.get("additionalProperties"), dict):
        yield {f"name_{number}": "x" for number in range(node["maxProperties"] + 1)}
        yield {"Not A Name": "x"}


def _grown(node: Any, value: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], Any]]:
    if node.get("x-grows"):
        yield path, _UNHEARD
    if isinstance(value, dict):
        if node.get("additionalProperties") is False:
            yield (*path, _UNHEARD), {"more": 1}
        for name, part in value.items():
            yield from _grown(_part(node, name), part, (*path, name))
    if isinstance(value, list):
        for index, item in enumerate(value):
            yield from _grown(node["items"], item, (*path, index))


def _at(node: Any, value: Any, path: tuple[Any, ...]) -> tuple[Any, Any]:
    """The part of the schema, and of the data, that a path leads to."""
    for step in path:
        node = node["items"] if isinstance(step, int) else _part(node, step)
        value = value[step]
    return node, value


def _part(node: Any, name: str) -> Any:
    return node.get("properties", {}).get(name) or node["additionalProperties"]


def _with(data: Any, path: tuple[Any, ...], value: Any) -> Any:
    """The data with one place changed; shares the rest with the original."""
    if not path:
        return value
    changed = copy(data)
    step, *rest = path
    if rest:
        changed[step] = _with(data[step], tuple(rest), value)
    elif value is ABSENT:
        del changed[step]
    else:
        changed[step] = value
    return changed
