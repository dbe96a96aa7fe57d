"""How a transaction over events went; told to the log and the metrics once it is committed."""

from collections import Counter
from dataclasses import dataclass, field

import structlog

from chassis.messaging import event_metrics
from chassis.messaging.dead_letters.foreign import report_not_kept

log = structlog.stdlib.get_logger(__name__)


@dataclass
class Tally:
    """How a transaction went: how many events it covered, what became of them, whether to stop."""

    covered: int = 0
    is_flooded: bool = False
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    jumped: Counter[str] = field(default_factory=Counter)
    taken: Counter[str] = field(default_factory=Counter)
    findings: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    alarms: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    not_kept: Counter[tuple[str, str]] = field(default_factory=Counter)

    def report(self) -> None:
        """Tell the log and the metrics; after the commit, since a void transaction has found nothing."""
        for event, facts in self.findings:
            log.warning(event, **facts)
        for event, facts in self.alarms:
            log.error(event, **facts)
        if self.not_kept:
            report_not_kept(self.not_kept)
        for (topic, outcome), number in self.outcomes.items():
            event_metrics.CONSUMER_EVENTS.labels(topic, outcome).inc(number)
        for topic, number in self.jumped.items():
            event_metrics.CONSUMER_HOLES.labels(topic).inc(number)
        for topic, number in self.taken.items():
            event_metrics.CONSUMER_TAKEN.labels(topic).inc(number)
