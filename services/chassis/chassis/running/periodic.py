"""Procrastinate's worker, with periodic jobs that come back after the clock was set."""

from collections.abc import Iterable
from typing import Any

from procrastinate.periodic import PeriodicDeferrer, PeriodicTask
from procrastinate.worker import Worker


class LatestOnly(PeriodicDeferrer):
    """Defers what is due by the present clock, whatever was deferred before.

    The library goes on from the last time that it deferred: nothing came until a clock that was set back had
    caught up, and after a suspended machine's sleep every minute of it was deferred. Each of our periodic
    jobs does all that is due by now, so one makes up for those that were missed.
    """

    def get_timestamps(
        self, periodic_task: PeriodicTask[..., Any, ...], since: int | None, until: float
    ) -> Iterable[int]:
        due = round(periodic_task.croniter.get_prev(ret_type=float, start_time=until))
        if due != since:
            yield due


class SettableWorker(Worker):
    """A worker whose clock may be set while it runs."""

    async def _periodic_deferrer(self) -> None:
        await LatestOnly(self.app.periodic_registry).worker()
