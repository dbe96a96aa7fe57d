"""How many steps wait for an operator, for an alert: what should be off is access or money."""

import time
from collections.abc import Callable, Iterator, Mapping

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

# They are counted once a minute, by whichever worker gets the job; one count may fail.
FRESH_FOR_SECONDS = 150


class StuckSteps(Collector):
    """Shows the last count of this process while it is fresh: since then another worker may count."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._counts: Mapping[tuple[str, str, str], int] = {}
        self._counted_at = float("-inf")

    def show(self, counts: Mapping[tuple[str, str, str], int]) -> None:
        """Show the numbers by product, intent and step; what is not among them is stuck no more."""
        self._counts, self._counted_at = counts, self._clock()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        labels = ["product", "wanted", "step"]
        stuck = GaugeMetricFamily(
            "gangway_steps_stuck", "Steps of grants that wait for an operator", labels=labels
        )
        if self._clock() - self._counted_at <= FRESH_FOR_SECONDS:
            for of_step, count in self._counts.items():
                stuck.add_metric(of_step, count)
        yield stuck


STUCK = StuckSteps()
REGISTRY.register(STUCK)
