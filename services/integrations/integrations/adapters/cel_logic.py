"""`&&` and `||` of CEL as in celpy, but with bounded errors.

celpy writes both operands into each error, and errors into errors: every further one doubles the text.
Thirty comparisons with a field that an event lacks take hours, and gigabytes. Here the first error counts.
"""

import logging
from collections.abc import Mapping
from functools import cache
from typing import Any


@cache
def operators() -> Mapping[str, Any]:
    """By their names in a program; the macros `all` and `exists` use them as well."""
    from celpy import celtypes  # noqa: PLC0415

    celtypes.logical_and = conjunction = _decided_by(False)
    celtypes.logical_or = disjunction = _decided_by(True)
    # Errors contain the values that caused them, which must not be logged.
    logging.getLogger("celpy").setLevel(logging.CRITICAL)
    return {"_&&_": conjunction, "_||_": disjunction}


def _decided_by(truth: bool) -> Any:
    """Either operand may decide, whatever the other is; else one that is not a boolean is the result."""
    from celpy.celtypes import BoolType  # noqa: PLC0415

    def combined(left: Any, right: Any) -> Any:
        sides = (left, right)
        if any(isinstance(side, BoolType) and bool(side) is truth for side in sides):
            return BoolType(truth)
        for side in sides:
            if isinstance(side, Exception):
                return side
        for side in sides:
            if not isinstance(side, BoolType):
                raise TypeError(f"{type(side).__name__} is no truth value")
        return BoolType(not truth)

    return combined
