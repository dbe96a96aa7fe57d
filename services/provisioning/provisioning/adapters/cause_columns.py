"""The two columns in which a row keeps the cause of what failed."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row

from provisioning.domain.steps import Cause


def row_with_cause(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with ``cause`` as ``cause_code`` and ``cause_message``."""
    row = dict(values)
    cause = row.pop("cause")
    return row | {"cause_code": cause and cause.code, "cause_message": cause and cause.message}


def values_with_cause(row: Row[Any]) -> dict[str, Any]:
    """Return the values of a row with its ``cause``."""
    values = row._asdict()
    code, message = values.pop("cause_code"), values.pop("cause_message")
    return values | {"cause": Cause(code, message) if code else None}
