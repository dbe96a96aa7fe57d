"""How a loop that waits for something else hears that its process is to stop."""

import threading
from collections.abc import Callable


class WakeOnStop:
    """Calls ``wake`` once ``stop`` is set, from a thread of its own: one for all sessions of a loop.

    After replacing ``wake``, look at ``stop``: it may have been set just before.
    """

    def __init__(self, stop: threading.Event) -> None:
        self.wake: Callable[[], object] = lambda: None
        self._stop = stop
        threading.Thread(target=self._wait, name="wake-on-stop", daemon=True).start()

    def _wait(self) -> None:
        self._stop.wait()
        self.wake()
