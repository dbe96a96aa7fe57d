"""Does the schema that a consumer reads an event with agree with the contract?"""

from collections.abc import Iterator, Mapping
from typing import Any

from marshmallow import Schema, fields
from tests.contracts.variants import as_consumers_may_meet

from contract_tools import Event
from contract_tools.model import Schema as Contract
from contract_tools.schema_fields import expanded


def consumer_disagreements(schema: Schema, event: Event) -> list[str]:
    """A consumer's schema declares only fields that the contract has, and reads all that it may meet."""
    found = list(_fields_unknown(schema, expanded(event.schema), ""))
    answers = ((variant.name, schema.validate(variant.data)) for variant in as_consumers_may_meet(event))
    return found + [f"refuses {name}: {errors}" for name, errors in answers if errors]


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
