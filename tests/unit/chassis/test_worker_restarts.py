"""A worker that ends by itself comes back, and not in a loop without a pause."""

import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest

from chassis.running import worker
from chassis.service import Service


class StopAfterPauses(threading.Event):
    """Notes each pause, and is set in the second one."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float | None] = []

    def wait(self, timeout: float | None = None) -> bool:
        self.pauses.append(timeout)
        if len(self.pauses) == 2:
            self.set()
        return self.is_set()


def test_it_pauses_before_it_starts_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def end_at_once(*_: Any) -> None:
        """As Procrastinate does when one of its side tasks fails."""

    monkeypatch.setattr(worker, "_until_stopped", end_at_once)
    monkeypatch.setattr(worker, "register_chassis_tasks", lambda *_: None)
    monkeypatch.setattr(worker, "WakeOnStop", lambda _: None)
    monkeypatch.setattr(worker, "WorkerJobs", lambda *_: SimpleNamespace(is_one_lost=False))
    monkeypatch.setattr(worker, "_expect_database", lambda _: None)
    settings = SimpleNamespace(
        database_url="postgresql://127.0.0.1/none", backbone=SimpleNamespace(worker_threads=1)
    )
    app = SimpleNamespace(job_manager=SimpleNamespace(connector=None), tasks={})
    stop = StopAfterPauses()
    worker.run(cast(Service, SimpleNamespace(name="things", jobs_app=app, settings=settings)), stop)
    assert stop.pauses == [worker.RESTART_FIRST_SECONDS] * 2
