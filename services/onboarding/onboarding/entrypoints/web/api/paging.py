"""Cursors: where the next page begins, opaque to clients."""

import base64
import binascii
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields

from onboarding.adapters.repositories.lists import Cursor

_LONGEST = 200
Key = Callable[[str], Any]


class CursorField(fields.String):
    """The ``next_cursor`` of an earlier answer of the same list, whose sort keys ``keys`` read."""

    def __init__(self, *keys: Key, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self._keys = keys

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return self._decoded(text)
        except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError):
            raise ValidationError("Not a cursor of an earlier answer.") from None

    def _decoded(self, text: str) -> Cursor:
        if len(text) > _LONGEST:
            raise ValueError("too long")
        parts = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return tuple(read(part) for read, part in zip(self._keys, parts, strict=True))


def encoded(cursor: Cursor | None) -> str | None:
    """A cursor as clients get it."""
    if cursor is None:
        return None
    parts = [key.isoformat() if isinstance(key, datetime) else str(key) for key in cursor]
    return base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def moment(text: str) -> datetime:
    """A point in time; raises ValueError for one without a zone."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError("without a zone")
    return found


def place(text: str) -> int:
    """The place of a row, within PostgreSQL's bigint."""
    number = int(text)
    if not 0 <= number < 2**63:
        raise ValueError("no place")
    return number
