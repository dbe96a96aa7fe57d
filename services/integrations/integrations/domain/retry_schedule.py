"""When a delivery that failed is tried again, and for how long."""

from datetime import timedelta

from chassis.frozen import Frozen


class RetrySchedule(Frozen):
    """``waits`` come one after another, each longer or shorter by up to ``jitter`` of itself."""

    waits: tuple[timedelta, ...]
    jitter: float
    retry_after_most: timedelta
    disable_after: timedelta

    @property
    def warn_after(self) -> tuple[timedelta, ...]:
        """After how long an endpoint's people are warned: in time to mend it, and once more near the end."""
        return self.disable_after / 5, self.disable_after * 4 / 5

    def wait_after(self, tries: int, chance: float) -> timedelta | None:
        """How long to wait after so many tries; None where they were the last. ``chance`` is from 0 to 1."""
        if tries > len(self.waits):
            return None
        return self.waits[tries - 1] * (1 + self.jitter * (2 * chance - 1))
