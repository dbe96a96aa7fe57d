"""Steps whose errors leave them as NotNow or NeverPossible: the one place where they are sorted."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import Observation
from provisioning.handlers.ports import Outputs, Step


class SortedStep:
    """A step, and how the errors of its outside are sorted."""

    def __init__(self, step: Step, failures_sorted: Callable[[], AbstractContextManager[None]]) -> None:
        self.step = step
        self._failures_sorted = failures_sorted

    @property
    def name(self) -> str:
        return self.step.name

    def observe(self, order: GrantOrder, outputs: Outputs) -> Observation:
        with self._failures_sorted():
            return self.step.observe(order, outputs)

    def apply(self, order: GrantOrder, outputs: Outputs) -> dict[str, Any]:
        with self._failures_sorted():
            return self.step.apply(order, outputs)

    def undo(self, order: GrantOrder, outputs: Outputs) -> Observation | None:
        with self._failures_sorted():
            return self.step.undo(order, outputs)

    def freeze(self, order: GrantOrder, outputs: Outputs) -> Observation | None:
        with self._failures_sorted():
            return self.step.freeze(order, outputs)

    def unfreeze(self, order: GrantOrder, outputs: Outputs) -> Observation | None:
        with self._failures_sorted():
            return self.step.unfreeze(order, outputs)


def sorted_steps(failures_sorted: Callable[[], AbstractContextManager[None]], *steps: Step) -> list[Step]:
    return [SortedStep(step, failures_sorted) for step in steps]
