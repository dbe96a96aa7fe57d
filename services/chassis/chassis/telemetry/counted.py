"""Gauges of what the database holds: counted once a minute, by whichever worker gets the job."""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

# One count may fail.
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
