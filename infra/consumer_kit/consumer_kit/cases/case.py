"""One thing that a receiver has to do right, why it matters, and how it went."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from consumer_kit.trial import Trial, anew


class Verdict(StrEnum):
    """How a case went."""

    RIGHT = "right"
    WRONG = "wrong"
    NOT_OBSERVABLE = "not observable"


@dataclass(frozen=True)
class Outcome:
    """How one case went for one receiver; ``unseen`` is what a right one may still do wrong."""

    case: "Case"
    wrong: tuple[str, ...]
    unseen: tuple[str, ...]

    @property
    def verdict(self) -> Verdict:
        if self.wrong:
            return Verdict.WRONG
        is_open = self.case.is_about_effects or self.case.is_optional
        return Verdict.NOT_OBSERVABLE if self.unseen and is_open else Verdict.RIGHT


@dataclass(frozen=True)
class Case:
    """``is_about_effects`` says that answers tell nothing alone, ``is_optional`` that it may be left out."""

    name: str
    title: str
    why: str
    play: Callable[[Trial], None]
    is_about_effects: bool = False
    is_optional: bool = False

    def tried_on(self, trial: Trial) -> Outcome:
        """Send all of it; takes as long as the receiver answers."""
        own = anew(trial)
        self.play(own)
        return Outcome(self, tuple(own.wrong), tuple(own.unseen))
