"""Settings of the event backbone; part of `CommonSettings` as ``backbone``.

OUTBOX_RETENTION_HOURS (168)      how long published rows are kept, for `republish`
CONSUMER_INSTANCE                 stable name of one consumer process: its successor takes over at once
FLOOD_RUN_MOST (50), FLOOD_SHARE_MOST_PERCENT (50)   dead letters that stop a consumer
SEND_DEADLINE_SECONDS (20)        how long a send may stay unacknowledged before the relay restarts
WORKER_THREADS (8)                jobs that one worker runs at a time
"""

from dataclasses import field

from chassis.frozen import Frozen
from chassis.settings.reader import SettingsReader


class FloodLimits(Frozen):
    """``run_most`` in a row, or a share above ``share_most`` of at least ``window_least`` events.

    Of one subject a fifth of ``run_most`` counts in each window, so that one alone stops nobody else.
    """

    run_most: int = 50
    share_most: float = 0.5
    window_least: int = 100
    window_events: int = 1_000

    @property
    def of_one_subject(self) -> int:
        return max(1, self.run_most // 5)


class BackboneSettings(Frozen):
    """What the environment says to relay, consumer and worker."""

    outbox_retention_hours: int = 168
    consumer_instance: str | None = None
    flood: FloodLimits = field(default_factory=FloodLimits)
    send_deadline_seconds: int = 20
    worker_threads: int = 8


def read_backbone_settings(reader: SettingsReader) -> BackboneSettings:
    """Read them; problems are collected by the reader."""
    run_most = reader.number("FLOOD_RUN_MOST", 50, least=1, most=1_000_000)
    share_percent = reader.number("FLOOD_SHARE_MOST_PERCENT", 50, least=1, most=100)
    return BackboneSettings(
        outbox_retention_hours=reader.number("OUTBOX_RETENTION_HOURS", 168, least=1, most=24 * 365),
        consumer_instance=reader.optional_text("CONSUMER_INSTANCE"),
        flood=FloodLimits(run_most=run_most, share_most=share_percent / 100),
        send_deadline_seconds=reader.number("SEND_DEADLINE_SECONDS", 20, least=1, most=600),
        worker_threads=reader.number("WORKER_THREADS", 8, least=1, most=64),
    )
