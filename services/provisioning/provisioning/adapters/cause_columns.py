"""The two columns in which a row stores why something failed."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from provisioning.domain.steps import Cause

Kept = TypeVar("Kept")


def row_with_cause(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values with ``cause`` as ``cause_code`` and ``cause_message``."""
    row = dict(values)
    cause = row.pop("cause")
    return row | {"cause_code": cause and cause.code, "cause_message": cause and cause.message}


def with_cause(make: Callable[..., Kept]) -> Callable[..., Kept]:
    """Build something from a row by a function that takes ``cause`` instead of the two columns."""

    def made(*, cause_code: str | None, cause_message: str, **columns: Any) -> Kept:
        return make(**columns, cause=Cause(cause_code, cause_message) if cause_code else None)

    return made
