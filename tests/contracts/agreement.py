"""Does a service's marshmallow schema agree with the contract? Each answer is a list of disagreements."""

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, ValidationError, fields
from tests.contracts.variants import as_consumers_may_meet, variants

from contract_tools import Event
from contract_tools.model import Schema as Contract
from contract_tools.schema_fields import expanded
from contract_tools.validation import validator


def producer_disagreements(schema: Schema, event: Event) -> list[str]:
    """A producer's schema has the contract's fields, takes its examples and nothing that it forbids.

    What it accepts must still keep the contract when it is written again.
    """
    found = list(_fields_missing(schema, expanded(event.schema), ""))
    found += _fields_unknown(schema, expanded(event.schema), "")
    check = validator(event.schema)
    for variant in variants(event):
        try:
            written = schema.dump(schema.load(variant.data))
        except ValidationError as error:
            if variant.name.startswith("example"):
                found.append(f"refuses the {variant.name}: {error.messages}")
            continue
        if not variant.is_valid:
            found.append(f"accepts what the contract forbids: {variant.name}")
        elif not check.is_valid(written):
            found.append(f"spoils {variant.name}")
    return found


def consumer_disagreements(schema: Schema, event: Event) -> list[str]:
    """A consumer's schema declares only fields that the contract has, and reads all that it may meet."""
    found = list(_fields_unknown(schema, expanded(event.schema), ""))
    answers = ((variant.name, schema.validate(variant.data)) for variant in as_consumers_may_meet(event))
    return found + [f"refuses {name}: {errors}" for name, errors in answers if errors]


def _fields_missing(schema: Schema, contract: Contract, path: str) -> Iterator[str]:
    """Every property of the contract is declared, and required where the contract says so."""
    declared = _declared(schema)
    required = contract.get("required", [])
    for name, part in contract.get("properties", {}).items():
        field = declared.get(name)
        if field is None:
            yield f"{path}/{name} is not declared"
            continue
        if field.required != (name in required):
            yield f"{path}/{name}: required is {field.required}, the contract says {name in required}"
        if (inner := _inner(field)) is not None:
            yield from _fields_missing(inner, _object(part), f"{path}/{name}")


def _fields_unknown(schema: Schema, contract: Contract, path: str) -> Iterator[str]:
    """Nothing is declared that the contract does not have."""
    properties = contract.get("properties", {})
    for name, field in _declared(schema).items():
        if name not in properties:
            yield f"{path}/{name} is not in the contract"
        elif (inner := _inner(field)) is not None:
            yield from _fields_unknown(inner, _object(properties[name]), f"{path}/{name}")


def _declared(schema: Schema) -> Mapping[str, fields.Field[Any]]:
    return {field.data_key or name: field for name, field in schema.fields.items()}


def _inner(field: fields.Field[Any]) -> Schema | None:
    """The schema inside a nested field or a list of such."""
    if isinstance(field, fields.List):
        return _inner(field.inner)
    return field.schema if isinstance(field, fields.Nested) else None


def _object(contract: Contract) -> Contract:
    """The object that a property holds, also as items of a list."""
    items = contract.get("items")
    return items if isinstance(items, Mapping) else contract
