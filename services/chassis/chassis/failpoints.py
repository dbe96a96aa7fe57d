"""Places in the code where a test may kill the process; they cost nothing when FAILPOINTS is not set.

    FAILPOINTS="relay.after_ack=kill:0.1,consumer.after_commit=kill:@3,relay.before_send=raise:0.01"

``kill`` is SIGKILL, ``raise`` raises `FailpointHit`, ``exit`` leaves with status 70. The number is a
probability, or ``@n``: at the n-th pass only. FAILPOINTS_SEED makes the chances repeatable.
"""

import os
import random
import signal
from collections.abc import Callable
from dataclasses import dataclass, field


class FailpointHit(Exception):
    """Raised on purpose where a failpoint says so."""


@dataclass
class _Failpoint:
    action: str
    chance: float
    at_pass: int | None
    dice: random.Random
    passes: int = field(default=0)

    def is_due(self) -> bool:
        self.passes += 1
        if self.at_pass is not None:
            return self.passes == self.at_pass
        return self.dice.random() < self.chance


def parse(text: str, seed: str | None = None) -> dict[str, _Failpoint]:
    """Read the setting; raises ValueError naming the part that is wrong."""
    dice = random.Random(seed)  # noqa: S311 - chance for tests, not for secrets
    points = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, order = part.partition("=")
        action, _, amount = order.partition(":")
        if action not in {"kill", "raise", "exit"} or not name:
            raise ValueError(f"FAILPOINTS: cannot read {part!r}; write name=kill|raise|exit[:chance or @n]")
        at_pass = int(amount[1:]) if amount.startswith("@") else None
        chance = 0.0 if at_pass is not None else float(amount or "1")
        points[name] = _Failpoint(action, chance, at_pass, dice)
    return points


def _nothing(name: str) -> None:
    """What `reach` is while no failpoint is set."""


def _reacher(points: dict[str, _Failpoint]) -> Callable[[str], None]:
    def reach_point(name: str) -> None:
        point = points.get(name)
        if point is None or not point.is_due():
            return
        if point.action == "kill":
            os.kill(os.getpid(), signal.SIGKILL)
        if point.action == "exit":
            os._exit(70)
        raise FailpointHit(name)

    return reach_point


_points = parse(os.environ.get("FAILPOINTS", ""), os.environ.get("FAILPOINTS_SEED"))

# Call sites write `failpoints.reach("relay.after_ack")`: through the module, so that tests can replace it.
reach: Callable[[str], None] = _reacher(_points) if _points else _nothing
