"""The existing events, as described by the contracts."""

from collections.abc import Mapping
from typing import Any

from chassis.frozen import Frozen


class Change(Frozen):
    """The changes in one release of an event; fields by path, and a sentence for each altered one."""

    on: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    altered: tuple[str, ...]


class EventType(Frozen):
    """One version of one event. ``schema`` is that for readers, with every reference resolved.

    ``changes`` are its releases, the newest first; the first one of a later version describes the differences
    from the previous version.
    """

    key: str
    topic: str
    title: str
    description: str
    used_by: tuple[str, ...] = ()
    schema: Mapping[str, Any]
    example: Mapping[str, Any]
    changes: tuple[Change, ...] = ()

    @property
    def is_personal(self) -> bool:
        """Whether any field of it is personal."""
        return _tells_personal(self.schema)

    def without_personal(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The data without personal fields; unknown fields may be personal as well."""
        found: dict[str, Any] = _impersonal(data, self.schema)
        return found


EventCatalogue = Mapping[str, EventType]


def _impersonal(value: Any, node: Mapping[str, Any]) -> Any:
    if isinstance(value, Mapping):
        parts = ((name, part, _part_schema(node, name)) for name, part in value.items())
        return {name: _impersonal(part, schema) for name, part, schema in parts if _may_be_told(schema)}
    if isinstance(value, list):
        items = node.get("items")
        return [_impersonal(one, items) for one in value] if items and _may_be_told(items) else []
    return value


def _tells_personal(node: Any) -> bool:
    if isinstance(node, list):
        return any(map(_tells_personal, node))
    return isinstance(node, Mapping) and (
        node.get("x-personal") is True or any(map(_tells_personal, node.values()))
    )


def _part_schema(node: Mapping[str, Any], name: str) -> Any:
    return node.get("properties", {}).get(name, node.get("additionalProperties"))


def _may_be_told(schema: Any) -> bool:
    return isinstance(schema, Mapping) and not schema.get("x-personal")
