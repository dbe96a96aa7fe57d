"""Readers' schemas as shapes with names, so that a generator makes one model with a telling name for each.

Objects and closed lists of words that stand inside an event become shapes of their own, named after the
event and the field (`PartnerStateV1Grant`); what stands in ``$defs`` is shared by several (`SharedLink`).
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from chassis.messaging.published_schemas import DEFINITIONS, opened
from contract_tools.model import Event, Schema

_NOT_IN_A_SHAPE = {"$schema", "$id", "$defs", "title"}
REFERENCE = "#/components/schemas/"


def shape_name(words: str) -> str:
    """``partner.applied.v1`` becomes `PartnerAppliedV1`."""
    return "".join(word[:1].upper() + word[1:] for word in words.replace(".", "_").split("_"))


def shared_name(name: str) -> str:
    """``link`` becomes `SharedLink`; `Link` alone is taken in some languages."""
    return f"Shared{shape_name(name)}"


def named_shapes(
    events: Iterable[Event], *, prefix: str = "", read: Callable[[Schema], Schema] = opened
) -> dict[str, dict[str, Any]]:
    """Every shape by its name: those of ``$defs`` once (the rules keep them the same), then the events'.

    ``read`` makes the reader's schema of the producer's; all names begin with the ``prefix``.
    """
    shapes: dict[str, dict[str, Any]] = {}
    naming = _Naming(shapes, prefix)
    for event in events:
        schema = read(event.schema)
        for name, definition in schema.get("$defs", {}).items():
            naming.add(prefix + shared_name(name), definition)
        payload = {word: value for word, value in schema.items() if word not in _NOT_IN_A_SHAPE}
        naming.add(prefix + shape_name(event.key), payload)
    return shapes


class _Naming:
    """Moves what has to have a name out of the schema that holds it."""

    def __init__(self, shapes: dict[str, dict[str, Any]], prefix: str) -> None:
        self._shapes = shapes
        self._prefix = prefix

    def add(self, name: str, node: Schema) -> None:
        """Keep the node as a shape, with all inside it that needs a name beside it."""
        self._shapes[name] = {"title": name, **self._parts(name, node)}

    def _parts(self, name: str, node: Schema) -> dict[str, Any]:
        found = {word: value for word, value in node.items() if word != "properties"}
        if "properties" in node:
            found["properties"] = {
                field: self._placed(name + shape_name(field), part)
                for field, part in node["properties"].items()
            }
        for word in ("items", "additionalProperties"):
            if isinstance(node.get(word), Mapping):
                found[word] = self._placed(_of_one(name), node[word])
        return found

    def _placed(self, name: str, node: Schema) -> dict[str, Any]:
        """The node itself, or a bare reference to its shape: draft 7 ignores words beside one."""
        if "$ref" in node:
            return {"$ref": REFERENCE + self._prefix + shared_name(node["$ref"].removeprefix(DEFINITIONS))}
        if "properties" in node or "enum" in node:
            self.add(name, node)
            return {"$ref": REFERENCE + name}
        return self._parts(name, node)


def _of_one(name: str) -> str:
    """The name of one of several: `PartnerStateV1Grants` holds items of `PartnerStateV1Grant`."""
    return name.removesuffix("s") if name.endswith("s") else f"{name}Item"
