"""Cursors: where the next page begins, opaque to clients."""

import base64
import binascii
import json
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields

from onboarding.adapters.lists import Cursor

_LONGEST = 200


class CursorField(fields.String):
    """The ``next_cursor`` of an earlier answer."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        try:
            return _decoded(text)
        except (ValueError, TypeError, binascii.Error, RecursionError):
            raise ValidationError("Not a cursor of an earlier answer.") from None


def encoded(cursor: Cursor | None) -> str | None:
    """A cursor as clients get it."""
    if cursor is None:
        return None
    return base64.urlsafe_b64encode(json.dumps(cursor).encode()).decode().rstrip("=")


def _decoded(text: str) -> Cursor:
    """A cursor has at most a time and an id, or an id alone."""
    if len(text) > _LONGEST:
        raise ValueError("too long")
    parts = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    if not isinstance(parts, list) or not parts or len(parts) > 2:
        raise ValueError("not a list of keys")
    if len(parts) == 2 and datetime.fromisoformat(parts[0]).tzinfo is None:
        raise ValueError("not a moment")
    return tuple(parts)
