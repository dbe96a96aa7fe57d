"""What a benchmark hands over: figures with their repetitions, and how ours compare with a baseline's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Literal

Better = Literal["more", "less"]


@dataclass(frozen=True)
class Figure:
    """One quantity, measured once in each turn; its name says the unit."""

    name: str
    values: tuple[float, ...]

    @property
    def median(self) -> float:
        return median(self.values)

    @property
    def spread(self) -> float:
        """How far apart the turns lie, as a share of the median."""
        return (max(self.values) - min(self.values)) / self.median if self.median else 0.0


@dataclass(frozen=True, kw_only=True)
class Side:
    """One of the two that are compared: its figure, what else was seen, and the memory of its processes."""

    name: str
    figure: Figure
    details: Sequence[Figure] = ()
    memory_mib: Mapping[str, float] = field(default_factory=dict)


def target(name: str, value: float) -> Side:
    """A side that nobody measured: what is to be reached."""
    return Side(name=name, figure=Figure(name, (value,)))


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Ours beside a baseline of the same run; ``goal`` bounds `ratio` from below, for less from above."""

    what: str
    ours: Side
    beside: Side
    goal: float | None = None
    better: Better = "more"

    @property
    def ratio(self) -> float:
        """Our median divided by the baseline's."""
        return self.ours.figure.median / self.beside.figure.median

    @property
    def is_met(self) -> bool | None:
        """Whether the goal is reached; None without a goal."""
        if self.goal is None:
            return None
        return self.ratio >= self.goal if self.better == "more" else self.ratio <= self.goal


@dataclass(frozen=True)
class Omitted:
    """A row that could not be measured here."""

    what: str
    reason: str


@dataclass(frozen=True)
class Failed:
    """A benchmark that broke off; the rows that it should have brought are missing."""

    what: str
    reason: str


Result = Comparison | Omitted | Failed
