"""The budget of a grant: what it may cost in a month, and what follows when it costs that."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from chassis.frozen import Frozen

_FREEZE_PERCENT = 100


class Action(StrEnum):
    """What follows when a threshold is reached."""

    WARN = "warn"
    FREEZE = "freeze"
    END = "end"


@dataclass(frozen=True, order=True)
class Threshold:
    """A part of the budget, and what follows when it is spent."""

    percent: int
    action: Action


class BudgetTerms(Frozen):
    """What the catalogue says; a month is one of the calendar in UTC, as on AWS's bills.

    Every threshold warns, but for the one that freezes (at 100 percent unless the catalogue says otherwise;
    null never does) and the one that ends the lease, where there is one.
    """

    usd_per_month: Decimal
    thresholds: tuple[Threshold, ...]

    @classmethod
    def in_parameters(cls, parameters: Mapping[str, Any]) -> Self | None:
        """None where the product has no budget."""
        if "budget_usd_per_month" not in parameters:
            return None
        actions = dict.fromkeys(parameters.get("budget_thresholds_percent", ()), Action.WARN)
        actions[parameters.get("budget_freeze_percent", _FREEZE_PERCENT)] = Action.FREEZE
        actions[parameters.get("budget_end_percent")] = Action.END
        actions.pop(None, None)
        return cls(
            usd_per_month=Decimal(str(parameters["budget_usd_per_month"])),
            thresholds=tuple(sorted(Threshold(percent, action) for percent, action in actions.items())),
        )
