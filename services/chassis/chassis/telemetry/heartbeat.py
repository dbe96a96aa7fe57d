"""Heartbeat of the loops of a background process, for ``/health/live``.

beat()                                          # in a loop, at least every 30 s
"""

from time import monotonic

LONGEST_SILENCE_SECONDS = 120.0


class Heartbeat:
    """When a loop last ran; a process that never beats counts as live."""

    def __init__(self, longest_silence_seconds: float = LONGEST_SILENCE_SECONDS) -> None:
        self._longest = longest_silence_seconds
        self._last_beat: float | None = None

    def beat(self) -> None:
        self._last_beat = monotonic()

    def check(self) -> None:
        """Raises TimeoutError when the loop has stopped running."""
        if self._last_beat is not None and monotonic() - self._last_beat > self._longest:
            raise TimeoutError(f"no heartbeat for {self._longest:.0f} s")


PROCESS = Heartbeat()
beat = PROCESS.beat
