"""Where the fields of an application stand in the body of a request."""

from collections.abc import Mapping
from typing import Any

COMPANY_FIELDS = ("legal_name", "registration_number", "country", "website")


def place_of(field: str) -> str:
    """The JSON pointer of a field."""
    return f"/company/{field}" if field in COMPANY_FIELDS else f"/{field}"


def flattened(body: Mapping[str, Any]) -> dict[str, Any]:
    """A body by the names of fields, without the company's level."""
    below = {name: value for name, value in body.items() if name != "company"}
    return {**body.get("company", {}), **below}
