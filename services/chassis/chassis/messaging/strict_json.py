"""Untrusted JSON: what is ambiguous, no Unicode, not finite or too deep is refused before anybody uses it.

Python's own decoder takes lone surrogates, NaN and UTF-16, none of which PostgreSQL or other readers can
hold, and of a name that stands twice the last value, where others take the first (RFC 8259, sections 4 and 8;
RFC 7493, section 2).
"""

import json
import math
from typing import Any

from chassis.failures import NeverPossible

DEEPEST = 64


class DoubledName(ValueError):
    """A name stands twice in one object, so readers would see two different values."""

    def __init__(self) -> None:
        super().__init__("a name stands twice in one object")


def object_of_unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """For `json`'s ``object_pairs_hook``; raises DoubledName."""
    found = dict(pairs)
    if len(found) < len(pairs):
        raise DoubledName
    return found


def decoded(value: bytes | None) -> Any:
    """What the bytes say; raises NeverPossible with a code that names what is wrong with them."""
    if value is None:
        raise NeverPossible("data_missing", "The record has no value.")
    try:
        text = value.decode()
        found = _DECODER.decode(text)
    except DoubledName as error:
        raise NeverPossible("data_ambiguous", "A name stands twice in one object of the value.") from error
    except (ValueError, RecursionError) as error:
        raise NeverPossible("data_not_json", "The value is not JSON.") from error
    if text.count("[") + text.count("{") > DEEPEST and _depth(found) > DEEPEST:
        raise NeverPossible("data_too_deep", f"The value is nested more than {DEEPEST} levels deep.")
    if "\\u" in text and not _is_unicode(found):
        raise NeverPossible("data_not_unicode", "The value holds half of a surrogate pair.")
    return found


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text[:20]} is no number here")
    return number


def _refused(word: str) -> float:
    raise ValueError(f"{word} is not JSON")


_DECODER = json.JSONDecoder(
    object_pairs_hook=object_of_unique_names, parse_float=_finite, parse_constant=_refused
)


def _depth(found: Any) -> int:
    """How deep it is nested; level by level, since recursion is what deep data breaks."""
    depth, level = 0, [found]
    while level := [part for part in level if isinstance(part, (dict, list))]:
        depth += 1
        level = [part for each in level for part in (each.values() if isinstance(each, dict) else each)]
    return depth


def _is_unicode(found: Any) -> bool:
    try:
        json.dumps(found, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return False
    return True
