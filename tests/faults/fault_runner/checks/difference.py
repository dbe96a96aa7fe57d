"""One difference between what was promised and what is."""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """Which promise is broken."""

    LOST = "lost"
    DOUBLED = "doubled"
    OUT_OF_ORDER = "out of order"
    ORPHAN = "orphans"
    UNSETTLED = "unsettled"


class Difference(NamedTuple):
    """What is wrong, in words that name the thing."""

    kind: Kind
    words: str
