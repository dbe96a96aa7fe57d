"""Cursors of lists: the sort keys of a page's last row, opaque to clients."""

import base64
import json
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields

# A topic and a subject may have 512 bytes each.
LONGEST = 4_000


class Cursor(fields.String):
    """The ``next_cursor`` of an earlier answer of the same list; ``keys`` read its parts."""

    def __init__(self, *keys: Callable[[Any], Any], **kwargs: Any) -> None:
        super().__init__(**{"metadata": {"description": "next_cursor of the page before"}, **kwargs})
        self._keys = keys

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            if len(text) > LONGEST:
                raise ValueError("too long")
            parts = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            return tuple(read(part) for read, part in zip(self._keys, parts, strict=True))
        except (ValueError, TypeError, AttributeError, RecursionError):
            raise ValidationError("Not a cursor of an earlier answer.") from None


def next_cursor(rows: Sequence[Any], limit: int, *names: str) -> str | None:
    """What leads to the page behind these rows; None where they are the last."""
    return None if len(rows) < limit else encoded([getattr(rows[-1], name) for name in names])


def encoded(keys: Sequence[Any] | None) -> str | None:
    """Sort keys as clients get them; None at the end of a list."""
    if keys is None:
        return None
    parts = [
        key.isoformat() if isinstance(key, datetime) else str(key) if isinstance(key, UUID) else key
        for key in keys
    ]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def text(part: Any) -> str:
    """Text that a database can hold; raises ValueError."""
    if not isinstance(part, str) or "\0" in part:
        raise ValueError("no text")
    part.encode()
    return part


def number(part: Any) -> int:
    """A whole number within PostgreSQL's bigint; raises ValueError."""
    if type(part) is not int or not 0 <= part < 2**63:
        raise ValueError("no number")
    return part


def moment(part: Any) -> datetime:
    """A time with a zone; raises ValueError and TypeError."""
    found = datetime.fromisoformat(part)
    if found.tzinfo is None:
        raise ValueError("no zone")
    return found
