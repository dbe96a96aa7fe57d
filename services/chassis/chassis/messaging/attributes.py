"""A CloudEvent's attributes as a record tells them, in its headers or in a structured document.

Only ``ce_*``, ``content-type`` and ``traceparent`` are read; other headers may hold any bytes. A name counts
as the Kafka binding spells it; other letter case stands in where that is missing. One that comes twice
with different values is refused: readers that take the first and readers that take the last would see two
different events.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from chassis.failures import NeverPossible
from chassis.messaging.records import Headers

LONGEST_BYTES = 512
_USUAL = frozenset(
    {"content-type", "traceparent"}
    | {f"ce_{name}" for name in ("specversion", "id", "type", "source", "subject", "time", "sequence")}
    | {"ce_dataschema"}
)
# CloudEvents 1.0.2, "Type System", String: neither control characters nor surrogates nor noncharacters.
_NONCHARACTERS = "".join(f"{chr(plane << 16 | 0xFFFE)}{chr(plane << 16 | 0xFFFF)}" for plane in range(17))
_DISALLOWED = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{_NONCHARACTERS}]")


class HeaderAttributes(NamedTuple):
    """What the headers say by lower-case name (``ce_id``), and what is wrong with them."""

    values: Mapping[str, str]
    failure: NeverPossible | None


def attributes_of(headers: Headers | None) -> HeaderAttributes:
    """What can be read; a header that cannot is left out, and told as the failure."""
    spelled: list[tuple[str, bytes | None]] = []
    otherwise: list[tuple[str, bytes | None]] = []
    for name, value in headers or ():
        lower = name if name in _USUAL else name.lower()
        if lower in _USUAL or lower.startswith("ce_"):
            (spelled if lower == name else otherwise).append((lower, value))
    if otherwise:
        names = {name for name, _ in spelled}
        spelled += [(name, value) for name, value in otherwise if name not in names]
    values: dict[str, str] = {}
    refused: dict[str, NeverPossible] = {}
    for name, told in spelled:
        try:
            text = told.decode() if told else ""
        except UnicodeDecodeError:
            refused[name] = NeverPossible("envelope_not_utf8", f"The header {name[:80]} is not UTF-8.")
            continue
        if values.setdefault(name, text) != text:
            refused[name] = NeverPossible(
                "envelope_ambiguous", f"The header {name[:80]} comes twice, with different values."
            )
    # Without a trace the event is the same.
    refused.pop("traceparent", None)
    for name in refused:
        values.pop(name, None)
    return HeaderAttributes(values, next(iter(refused.values()), None))


def attributes_in(document: Mapping[str, Any]) -> dict[str, str]:
    """The attributes of a structured document; those that are neither text nor whole numbers are left out."""
    return {
        name: value if isinstance(value, str) else str(value)
        for name, value in document.items()
        if isinstance(value, (str, int)) and not isinstance(value, bool)
    }


def usable(text: str | None) -> str:
    """The text where it may be an attribute and a key, else nothing."""
    if not text or len(text) > LONGEST_BYTES:
        return ""
    if text.isascii():
        return text if text.isprintable() else ""
    return "" if _DISALLOWED.search(text) or len(text.encode()) > LONGEST_BYTES else text
