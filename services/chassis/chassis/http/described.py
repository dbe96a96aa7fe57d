"""A description of a field in the OpenAPI document, beside its type.

class Mail(Schema):
    sent_at = described(fields.AwareDateTime(required=True), "When the server took it")
"""

from typing import Any, TypeVar

from marshmallow import fields

SomeField = TypeVar("SomeField", bound=fields.Field[Any])


def described(field: SomeField, description: str) -> SomeField:
    """Return the field with its description."""
    field.metadata = {**field.metadata, "description": description}
    return field
