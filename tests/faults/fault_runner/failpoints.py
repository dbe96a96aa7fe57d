"""Kills a service's process at the places that `chassis.failpoints` names; for tests only.

    FAILPOINTS="relay.after_ack=kill:0.1" python -m fault_runner.failpoints onboarding relay
    FAILPOINTS="relay.after_ack=kill:0.1,consumer.after_commit=kill:@3,relay.before_send=raise:0.01"

``kill`` is SIGKILL, ``raise`` raises `FailpointHit`, ``exit`` leaves with status 70. The number is a
probability, or ``@n``: at the n-th pass only. ``once@n`` is that too, but of one process of a run alone, so
that it does not keep other places from being reached. FAILPOINTS_SEED makes the chances repeatable.
"""

import os
import random
import runpy
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field

from chassis import failpoints


class FailpointHit(Exception):
    """Raised on purpose where a failpoint says so."""


@dataclass
class _Failpoint:
    action: str
    chance: float
    at_pass: int | None
    dice: random.Random
    is_once: bool = False
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
        once, is_exact, number = amount.partition("@")
        at_pass = int(number) if is_exact else None
        chance = 0.0 if at_pass is not None else float(amount or "1")
        points[name] = _Failpoint(action, chance, at_pass, dice, is_once=once == "once")
    return points


def reacher(points: dict[str, _Failpoint]) -> Callable[[str], None]:
    """What happens at each place instead of nothing."""

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


def main(package: str, *arguments: str) -> None:
    """Become the package's own command, with its failpoints armed."""
    points = parse(os.environ.get("FAILPOINTS", ""), os.environ.get("FAILPOINTS_SEED"))
    failpoints.reach = reacher(points)
    sys.argv = [package, *arguments]
    runpy.run_module(package, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
