"""What the caller of a run may choose."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Options:
    """``rows`` are the sizes at which flatness is measured, each beside the empty tables."""

    repetitions: int = 3
    rows: tuple[int, ...] = (10_000, 100_000, 1_000_000)
