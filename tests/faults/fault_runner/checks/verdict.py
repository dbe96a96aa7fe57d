"""All checks together, and the figure that is published."""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fault_runner.checks.applications import check_applications
from fault_runner.checks.difference import Difference, Kind
from fault_runner.checks.effects import check_effects
from fault_runner.checks.erasure import check_erased, without_erased
from fault_runner.checks.invitations import check_invitations
from fault_runner.checks.mails import check_mails
from fault_runner.checks.members import check_members
from fault_runner.checks.outside import check_outside
from fault_runner.checks.snapshots import check_snapshots
from fault_runner.checks.topics import check_topics
from fault_runner.checks.webhooks import check_webhooks
from fault_runner.facts import Facts

CHECKS: tuple[Callable[[Facts], Iterator[Difference]], ...] = (
    check_applications,
    check_topics,
    check_snapshots,
    check_effects,
    check_mails,
    check_members,
    check_invitations,
    check_outside,
    check_webhooks,
)
PUBLISHED = (Kind.LOST, Kind.DOUBLED, Kind.OUT_OF_ORDER, Kind.ORPHAN)


@dataclass(frozen=True)
class Verdict:
    """Every difference that was found."""

    differences: tuple[Difference, ...]

    @property
    def is_clean(self) -> bool:
        return not self.differences

    def count(self, kind: Kind) -> int:
        """How many differences of one kind."""
        return Counter(difference.kind for difference in self.differences)[kind]

    def figure(self, partners: int, kills: int, faults: int) -> str:
        """The promise in one line; what has not come to rest is told only where there is some."""
        parts = [f"{self.count(kind)} {kind}" for kind in PUBLISHED]
        if self.count(Kind.UNSETTLED):
            parts.append(f"{self.count(Kind.UNSETTLED)} unsettled")
        return f"{partners} partners, {kills} kills, {faults} injected faults: {', '.join(parts)}"


def judge(facts: Facts) -> Verdict:
    """Run all checks."""
    there = without_erased(facts)
    found = [difference for check in CHECKS for difference in check(there)]
    return Verdict((*found, *check_erased(facts)))
