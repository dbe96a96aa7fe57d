"""How many steps wait for an operator, for an alert: what should be off is access or money."""

from collections.abc import Mapping

from prometheus_client import Gauge

STUCK = Gauge(
    "gangway_steps_stuck", "Steps of grants that wait for an operator", ["product", "wanted", "step"]
)


def show_stuck(counts: Mapping[tuple[str, str, str], int]) -> None:
    """Show the numbers by product, intent and step; what is not among them is stuck no more."""
    STUCK.clear()
    for labels, count in counts.items():
        STUCK.labels(*labels).set(count)
