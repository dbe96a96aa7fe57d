"""When a failed delivery is retried, and for how long."""

from datetime import timedelta

from chassis.frozen import Frozen


class RetrySchedule(Frozen):
    """``waits`` follow one another, each longer or shorter by up to ``jitter`` of itself."""

    waits: tuple[timedelta, ...]
    jitter: float
    retry_after_most: timedelta
    disable_after: timedelta

    @property
    def warn_after(self) -> tuple[timedelta, ...]:
        """When an endpoint's people are warned: early enough to fix it, and once more near the end."""
        return self.disable_after / 5, self.disable_after * 4 / 5

    def wait_after(self, tries: int, chance: float) -> timedelta | None:
        """The wait after this many tries; None after the last. ``chance`` is from 0 to 1."""
        if tries > len(self.waits):
            return None
        return self.waits[tries - 1] * (1 + self.jitter * (2 * chance - 1))
