"""`&&` and `||` of CEL as celpy has them, but for their errors.

celpy writes both sides into the error of each, and errors into errors: every further one doubles the text.
Thirty comparisons with a field that an event lacks take hours, and gigabytes. Here the first error is it.
"""

import logging
from collections.abc import Mapping
from functools import cache
from typing import Any


@cache
def operators() -> Mapping[str, Any]:
    """By their names in a program; the macros `all` and `exists` get them as well."""
    from celpy import celtypes  # noqa: PLC0415

    celtypes.logical_and = conjunction = _decided_by(False)
    celtypes.logical_or = disjunction = _decided_by(True)
    # What fails is told with the values that it failed for, and these are not for the log.
    logging.getLogger("celpy").setLevel(logging.CRITICAL)
    return {"_&&_": conjunction, "_||_": disjunction}


def _decided_by(truth: bool) -> Any:
    """Either side decides, whatever the other one is; else one that is no truth value is what comes of it."""
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
