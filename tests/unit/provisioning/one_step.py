"""One step through its life as the worker takes it: attempts, notes, kills, until what is wanted is seen."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from provisioning.domain.attempts import Attempt
from provisioning.domain.grant_states import Intent
from provisioning.domain.orders import GrantOrder
from provisioning.domain.standings import Standing
from provisioning.handlers.outcomes import Outcome, attempted
from provisioning.handlers.ports import Step


class Killed(BaseException):
    """The worker died in this call, and noted nothing of it."""


class OneStep:
    """``outputs`` are what was noted; ``known`` what is known to stand outside; ``causes`` what failed."""

    def __init__(self, step: Step, order: GrantOrder, outputs: Mapping[str, Any] | None = None) -> None:
        self.step = step
        self.order = order
        self.outputs: dict[str, Any] = dict(outputs or {})
        self.known = Standing.ABSENT
        self.causes: list[str] = []

    def attempt(self, target: Intent) -> Outcome | None:
        """One attempt; None when the worker died in it."""
        attempt = Attempt(
            attempt_id=uuid4(),
            target=target,
            known=self.known,
            step_name=self.step.name,
            number=1,
            begun_at=datetime(2026, 3, 3, tzinfo=UTC),
        )
        known, self.known = self.known, Standing.UNKNOWN
        try:
            steps = {attempt.step_name: self.step}
            outcome = attempted(steps, attempt, self.order, self.outputs)
        except Killed:
            return None
        self.outputs |= outcome.facts
        if outcome.reaches(target) and outcome.observation is not None:
            self.outputs |= outcome.observation.facts
            self.known = outcome.observation.standing
        elif outcome.is_final:
            self.known = known
        if outcome.cause is not None:
            self.causes.append(f"{outcome.cause.code}: {outcome.cause.message}")
        return outcome

    def bring(self, target: Intent, most: int = 30) -> None:
        for _ in range(most):
            outcome = self.attempt(target)
            if outcome is not None and outcome.reaches(target):
                return
            assert outcome is None or not outcome.is_final, self.causes
        raise AssertionError(f"not {target} after {most} attempts: {self.causes[-3:]}")

    def standing(self) -> Standing:
        return self.step.observe(self.order, self.outputs).standing
