"""Which connections suffer, and how: drawn from the seed."""

import random
import threading
from dataclasses import dataclass
from enum import StrEnum


class Fault(StrEnum):
    """What a proxy can do to a connection; all but the first happen after the target has answered."""

    REFUSE = "refuse"
    RESET_AFTER = "reset after it was done"
    CUT_INSIDE = "cut inside the answer"
    DELAY = "delay"


@dataclass(frozen=True)
class Mishap:
    """One fault, and for a delay how long it is."""

    fault: Fault
    seconds: float = 0.0


@dataclass(frozen=True)
class Risk:
    """How likely a new connection is refused, and how likely an answer does not arrive as it left."""

    refusals: float
    answers: float
    delay_most_seconds: float = 2.0


RISKS = {
    "aws": Risk(refusals=0.02, answers=0.03),
    "scim": Risk(refusals=0.03, answers=0.04),
    "smtp": Risk(refusals=0.02, answers=0.02),
    "postgres": Risk(refusals=0.03, answers=0.0005, delay_most_seconds=1.0),
    "kafka": Risk(refusals=0.03, answers=0.005, delay_most_seconds=1.0),
}


def risk_of(target: str) -> Risk:
    """The risk of a target; of several of one sort, such as kafka-2, the sort's."""
    return RISKS[target.partition("-")[0]]


_OF_ANSWERS = (Fault.RESET_AFTER, Fault.CUT_INSIDE, Fault.DELAY)


class FaultPlan:
    """Draws mishaps for one target. May be called from several threads; `calm` ends all trouble."""

    def __init__(self, seed: str, risk: Risk) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - chance to be repeated, no secret
        self._risk = risk
        self._lock = threading.Lock()
        self._is_calm = False

    def calm(self) -> None:
        self._is_calm = True

    def for_connection(self) -> Mishap | None:
        """What happens to a connection at its opening; None for nothing."""
        with self._lock:
            is_due = self._dice.random() < self._risk.refusals
        return Mishap(Fault.REFUSE) if is_due and not self._is_calm else None

    def for_answer(self) -> Mishap | None:
        """What happens to the next piece of an answer; None for nothing."""
        with self._lock:
            if self._dice.random() >= self._risk.answers or self._is_calm:
                return None
            seconds = self._dice.uniform(0.1, self._risk.delay_most_seconds)
            return Mishap(self._dice.choice(_OF_ANSWERS), seconds)
