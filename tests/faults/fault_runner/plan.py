"""What one run does: how many partners, how many kills, how long it may take."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fault_runner.order import FaultsOrder

FAILPOINTS = {
    "relay.before_send": 0.002,
    "relay.after_ack": 0.01,
    "relay.after_mark": 0.01,
    "consumer.before_commit": 0.02,
    "consumer.after_commit": 0.02,
    "consumer.after_apply": 0.01,
    "worker.after_task": 0.005,
    "mail.after_taken": 0.02,
    "web.after_commit": 0.02,
    "outside.after_call": 0.01,
    "sender.after_claim": 0.002,
    "sender.after_post": 0.002,
    "sender.before_note": 0.004,
}


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What to do. ``folder`` gets the evidence and the stack's data; it must be empty.

    Stories that have not ended after ``deadline_seconds``, or while nothing moves for ``still_seconds``, are
    stuck.
    """

    seed: str
    partners: int
    kills: int
    folder: Path
    kills_per_second: float = 1.2
    deadline_seconds: float = 600.0
    still_seconds: float = 20.0
    quiet_seconds: float = 240.0
    # Whether failpoints kill beyond the number of kills, until every story has ended.
    kills_to_the_end: bool = False
    # Chances, or "@n" for the n-th pass of each process, or "once@n".
    failpoints: Mapping[str, float | str] = field(default_factory=lambda: FAILPOINTS)
    sabotage: Mapping[str, str] = field(default_factory=dict)

    @property
    def seconds_of_arrivals(self) -> float:
        """Partners come at a steady rate while the kills go on."""
        return 0.7 * self.kills / self.kills_per_second

    def order(self, proxies: Mapping[str, int], targets: Mapping[str, int]) -> FaultsOrder:
        """What the stack is told."""
        return FaultsOrder(
            seed=self.seed,
            evidence=self.folder / "evidence.jsonl",
            proxies=proxies,
            targets=targets,
            failpoints=",".join(f"{name}=kill:{chance}" for name, chance in self.failpoints.items()),
            sabotage=self.sabotage,
        )
