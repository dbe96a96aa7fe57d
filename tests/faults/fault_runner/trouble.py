"""Partners and trouble at the same time; then calm, and quiet."""

import asyncio
import threading
import time
from collections.abc import Callable, Mapping

from fault_runner.chaos import Chaos
from fault_runner.evidence import Evidence
from fault_runner.load import live
from fault_runner.plan import Plan
from fault_runner.quiet import Movement
from fault_runner.stories import draw_stories

_POLL_SECONDS = 1.0


class Trouble:
    """One run's stories under its chaos."""

    def __init__(
        self,
        plan: Plan,
        addresses: Mapping[str, str],
        evidence: Evidence,
        *,
        chaos: Chaos,
        movement: Movement,
        say: Callable[[str], None],
    ) -> None:
        self._plan = plan
        self._addresses = addresses
        self._evidence = evidence
        self._chaos = chaos
        self._movement = movement
        self._say = say
        self._stuck: list[str] = []
        self._abandoned = threading.Event()
        self._partners = threading.Thread(target=self._live, name="load", daemon=True)
        self._started = time.monotonic()

    def run(self, calm: Callable[[], None]) -> list[str]:
        """Go through it; return what got stuck, in words. `calm` ends the faults once all stories ended."""
        self._partners.start()
        self._chaos.start()
        try:
            # The kills go on to their number also when the partners were quicker.
            while not self._chaos.is_over and self._seconds() < self._plan.deadline_seconds:
                time.sleep(_POLL_SECONDS)
        finally:
            self._chaos.stop()
        if not self._plan.kills_to_the_end:
            self._chaos.calm_failpoints()
        self._tell(f"{self._evidence.count('kill')} kills")
        self._await_stories()
        self._chaos.calm_failpoints()
        calm()
        self._tell("all stories ended; calm from now on")
        moving = self._movement.await_quiet(self._plan.quiet_seconds)
        self._tell(f"not quiet: {moving}" if moving else "quiet")
        return [*self._stuck, *moving]

    def _live(self) -> None:
        stories = draw_stories(self._plan.seed, self._plan.partners, self._plan.seconds_of_arrivals)
        deadline = self._plan.deadline_seconds
        try:
            stuck = asyncio.run(live(stories, self._addresses, self._evidence, deadline, self._abandoned))
        except Exception as error:
            stuck = [f"the load ended with {error!r}"]
        self._stuck.extend(stuck)

    def _await_stories(self) -> None:
        """Until all have ended, or nothing has moved for so long that those left never will."""
        still_since = time.monotonic()
        accepted = -1
        while self._partners.is_alive():
            self._partners.join(_POLL_SECONDS)
            before, accepted = accepted, self._evidence.count("accepted")
            if accepted != before or self._movement.now():
                still_since = time.monotonic()
            elif time.monotonic() - still_since > self._plan.still_seconds:
                self._abandoned.set()
                self._partners.join()

    def _seconds(self) -> float:
        return time.monotonic() - self._started

    def _tell(self, what: str) -> None:
        self._say(f"{what} after {self._seconds():.0f} s")
