"""Does the class of an event agree with its contract? And an example as an instance of the class."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from fnmatch import fnmatchcase
from types import NoneType, UnionType
from typing import Any, Literal, get_args, get_origin, get_type_hints
from uuid import UUID

from chassis.events import Event, as_json
from contract_tools.model import Schema as Contract
from contract_tools.schema_fields import expanded

_TYPE_OF_FORMAT = {"uuid": UUID, "date-time": datetime, "idn-email": str, "uri": str}
_TYPE_OF = {"string": str, "integer": int, "boolean": bool}

# Typed in another way than by the values that the contract lists, and why that is right: `*` is any part.
_OTHERWISE_TYPED = {
    "access.*/product": "packages bring more products, and the catalogue's file does",
    "partner.state.v1/grants/*/product": "provisioning says what there is, and may say more",
    "partner.request*/product": "provisioning says what there is, and may say more",
    "partner.activated.v1/products/*/product": "provisioning says what there is, and may say more",
    "partner.activated.v1/products/*/state": "of all the states of a grant, those before it is taken away",
    "learning.invitation_sent.v1/language": "onboarding says what people speak, and may say more",
}


def disagreements(kind: type[Event], schema: Contract) -> list[str]:
    """Every field that only one of them has, or that they describe in two ways."""
    return list(_of_object(kind, expanded(schema), f"{kind.name}.v{kind.version}"))


def read(annotation: Any, value: Any) -> Any:
    """JSON as a value of that type, the way back from `as_json`."""
    kind, arguments = get_origin(annotation) or annotation, get_args(annotation)
    if kind is UnionType:
        [other] = set(arguments) - {NoneType}
        return None if value is None else read(other, value)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return kind(**{name: read(hints[name], member) for name, member in value.items()})
    if kind is tuple:
        return tuple(read(arguments[0], item) for item in value)
    if kind is datetime:
        return datetime.fromisoformat(value)
    return kind(value) if kind is UUID or issubclass_of(kind, Enum) else value


def issubclass_of(kind: Any, parent: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, parent)


def _of_object(kind: Any, contract: Contract, path: str) -> Iterator[str]:
    if not is_dataclass(kind) or not kind.__dataclass_params__.frozen:  # type: ignore[attr-defined]
        yield f"{path} is no frozen dataclass"
        return
    hints, properties = get_type_hints(kind), contract["properties"]
    declared = {field.name: field for field in fields(kind)}
    for name in sorted(declared.keys() ^ properties.keys()):
        yield f"{path}/{name} is in the {'class' if name in declared else 'contract'} only"
    for name in declared.keys() & properties.keys():
        default = declared[name].default
        is_required = default is MISSING
        if is_required != (name in contract["required"]):
            yield f"{path}/{name} has {'no' if is_required else 'a'} default, the contract says otherwise"
        # None as a default stands for "left out"; it never gets into the JSON.
        part = properties[name] if default is not None else _or_null(properties[name])
        yield from _of_value(hints[name], part, f"{path}/{name}")


def _or_null(contract: Contract) -> Contract:
    return {**contract, "type": [contract["type"], "null"]}


def _of_value(annotation: Any, contract: Contract, path: str) -> Iterator[str]:
    is_union = get_origin(annotation) is UnionType
    options = set(get_args(annotation)) if is_union else {annotation}
    types = set(contract["type"]) if isinstance(contract["type"], list) else {contract["type"]}
    if (NoneType in options) != ("null" in types):
        yield f"{path}: the contract takes {sorted(types)}, the class has {annotation}"
    [annotation], [type_name] = options - {NoneType}, types - {"null"}
    arguments = get_args(annotation)
    if type_name == "object" and "properties" in contract:
        yield from _of_object(annotation, contract, path)
    elif type_name in {"object", "array"}:
        due = Mapping if type_name == "object" else tuple
        if get_origin(annotation) is not due:
            yield f"{path} is {annotation}, not a {due.__name__}"
        elif due is tuple:
            yield from _of_value(arguments[0], contract["items"], f"{path}/*")
        else:
            yield from _of_value(arguments[1], contract["additionalProperties"], f"{path}/*")
    elif "enum" in contract:
        yield from _of_enum(annotation, set(contract["enum"]) - {None}, path)
    else:
        due = _TYPE_OF_FORMAT[contract["format"]] if "format" in contract else _TYPE_OF[type_name]
        if not (annotation is due or (due is str and issubclass_of(annotation, Enum))):
            yield f"{path} is {annotation}, the contract says {contract.get('format', type_name)}"


def _is_otherwise_typed(path: str) -> bool:
    return any(fnmatchcase(path, one) for one in _OTHERWISE_TYPED)


def _of_enum(annotation: Any, values: set[str], path: str) -> Iterator[str]:
    is_literal = get_origin(annotation) is Literal
    members = get_args(annotation) if is_literal else annotation if issubclass_of(annotation, Enum) else ()
    if ({as_json(member) for member in members} != values) != _is_otherwise_typed(path):
        yield f"{path} is {annotation}, the contract lists {sorted(values)}"
