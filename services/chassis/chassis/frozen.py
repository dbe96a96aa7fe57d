"""Immutable values: settings, events, commands."""

from dataclasses import dataclass, field
from typing import dataclass_transform


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(field,))
class Frozen:
    """Each subclass is a frozen dataclass, whose fields are given by name unless it says otherwise."""

    def __init_subclass__(cls, *, kw_only: bool = True) -> None:
        super().__init_subclass__()
        dataclass(frozen=True, kw_only=kw_only)(cls)


class Command(Frozen):
    """A request to a handler."""
