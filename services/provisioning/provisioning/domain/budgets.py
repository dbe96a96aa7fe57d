"""The budget of a grant: its monthly limit, and the consequences of reaching it."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any, Self

from chassis.frozen import Frozen

_FREEZE_PERCENT = 100


class Action(StrEnum):
    """The consequence of reaching a threshold."""

    WARN = "warn"
    FREEZE = "freeze"
    END = "end"


@dataclass(frozen=True, order=True)
class Threshold:
    """A percentage of the budget, and its consequence."""

    percent: int
    action: Action


class BudgetTerms(Frozen):
    """From the catalogue; a month is a calendar month in UTC, as on AWS's bills.

    Every threshold warns, except the one that freezes (100 percent unless the catalogue says otherwise;
    null: never) and the one that ends the lease, if there is one.
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
