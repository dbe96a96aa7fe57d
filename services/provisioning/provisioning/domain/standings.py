"""What exists outside because of a step, as far as it was observed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from chassis.frozen import Frozen


class Standing(StrEnum):
    """What was last observed outside.

    Unknown: something was begun and its end was not observed. Held: switched off by somebody else, and left
    so. Differs: it serves, but not as it should.
    """

    UNKNOWN = "unknown"
    ABSENT = "absent"
    OFF = "off"
    HELD = "held"
    DIFFERS = "differs"
    ON = "on"


@dataclass(frozen=True)
class Difference:
    """How something differs: a stable code, and facts for operators (ids and names, no personal data)."""

    code: str
    facts: Mapping[str, str] = field(default_factory=dict)


class Observation(Frozen):
    """The result of an act's answers, or of a look; ``facts`` are outputs to be noted."""

    standing: Standing
    facts: Mapping[str, Any] = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()


ABSENT = Observation(standing=Standing.ABSENT)
OFF = Observation(standing=Standing.OFF)
ON = Observation(standing=Standing.ON)


def differs(code: str, **facts: str) -> Observation:
    return Observation(standing=Standing.DIFFERS, differences=(Difference(code, facts),))
