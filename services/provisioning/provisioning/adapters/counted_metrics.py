"""What alerts look at: what should be off, what nobody answers for, what is spent and what is not seen."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Generic, TypeVar

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from provisioning.domain.pool import PoolFigures

# They are counted once a minute, by whichever worker gets the job; one count may fail.
FRESH_FOR_SECONDS = 150

Labels = TypeVar("Labels", bound=tuple[str, ...])


class Counted(Collector, Generic[Labels]):
    """Shows the last count of this process while it is fresh: since then another worker may count."""

    def __init__(
        self, name: str, help_text: str, labels: Sequence[str], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._name = name
        self._help = help_text
        self._labels = labels
        self._clock = clock
        self._counts: Mapping[Labels, float] = {}
        self._counted_at = float("-inf")

    def show(self, counts: Mapping[Labels, float]) -> None:
        """Show the numbers by their labels; what is not among them waits no more."""
        self._counts, self._counted_at = counts, self._clock()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        gauge = GaugeMetricFamily(self._name, self._help, labels=self._labels)
        if self._clock() - self._counted_at <= FRESH_FOR_SECONDS:
            for labels, count in self._counts.items():
                gauge.add_metric(labels, count)
        yield gauge


STUCK: Counted[tuple[str, str, str]] = Counted(
    "gangway_steps_stuck", "Steps of grants that wait for an operator", ("product", "wanted", "step")
)
FOUND: Counted[tuple[str, str]] = Counted(
    "gangway_findings", "Things outside that no grant answers for", ("kind", "state")
)
ACCOUNTS: Counted[tuple[str]] = Counted(
    "gangway_sandbox_accounts", "Accounts of sandboxes; stuck are those that wait for an operator", ("state",)
)
CLOSINGS_LEFT: Counted[tuple[()]] = Counted(
    "gangway_account_closings_left",
    "How many accounts may still be closed, by AWS's limit",
    (),
)
BLIND: Counted[tuple[str]] = Counted(
    "gangway_spend_not_seen",
    "Accounts not seen in full for a quarter of an hour",
    ("code",),
)
SPENDING: Counted[tuple[str]] = Counted(
    "gangway_spend_usd_per_hour",
    "What runs in accounts costs by the price file",
    ("intent",),
)
RESULTS: Counted[tuple[str]] = Counted(
    "gangway_results_not_deleted",
    "Folders of results whose time is over, and that could not be emptied for a day",
    ("code",),
)
for counted in (STUCK, FOUND, ACCOUNTS, CLOSINGS_LEFT, BLIND, SPENDING, RESULTS):
    REGISTRY.register(counted)


def show_pool(figures: PoolFigures, now: datetime) -> None:
    """Available is told beside the size that is wanted, so that an alert can compare them."""
    states = {(str(state),): count for state, count in figures.counts.items()}
    told = {("available",): 0, ("wanted",): figures.terms.size, ("stuck",): figures.stuck}
    ACCOUNTS.show(told | states)
    CLOSINGS_LEFT.show({(): figures.closing.left(now)})
