"""What the checks of the API say, beside the field of a form that it is about."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError

from integrations.domain.refusals import FiltersTooDear, NotPermitted


def errors_of(wrong: ValidationError | NotPermitted | FiltersTooDear) -> dict[str, str]:
    """The first message of each field, by its name."""
    if not isinstance(wrong, ValidationError):
        return {"filter" if isinstance(wrong, FiltersTooDear) else wrong.field: str(wrong)}
    return {str(name): _first(messages) for name, messages in dict(wrong.messages_dict).items()}


def _first(messages: Any) -> str:
    if isinstance(messages, Mapping):
        return _first(next(iter(messages.values())))
    return _first(messages[0]) if isinstance(messages, list) else str(messages)
