"""Which periodic jobs are deferred, also after the clock was set or the machine has slept."""

import asyncio

import procrastinate
import pytest
from procrastinate import testing

from chassis.running.periodic import LatestOnly, SettableWorker

NOON = 1_800_000_000
HOUR = 3600


def app_with_a_job_of_every_minute() -> procrastinate.App:
    app = procrastinate.App(connector=testing.InMemoryConnector())

    @app.periodic(cron="* * * * *")
    @app.task(name="look")
    def look(timestamp: int) -> None:
        """Nothing."""

    return app


@pytest.fixture
def deferrer() -> LatestOnly:
    return LatestOnly(app_with_a_job_of_every_minute().periodic_registry)


def due_at(deferrer: LatestOnly, *moments: float) -> list[int]:
    return [timestamp for moment in moments for _, timestamp in deferrer.get_previous_tasks(at=moment)]


def test_each_minute_has_its_job_once(deferrer: LatestOnly) -> None:
    moments = (NOON + 1, NOON + 30, NOON + 59.999, NOON + 60.001, NOON + 61)
    assert due_at(deferrer, *moments) == [NOON, NOON + 60]


def test_jobs_come_while_a_clock_that_was_set_back_has_not_caught_up(deferrer: LatestOnly) -> None:
    assert due_at(deferrer, NOON + 1, NOON - HOUR + 1, NOON - HOUR + 61) == [
        NOON,
        NOON - HOUR,
        NOON - HOUR + 60,
    ]


def test_a_machine_that_has_slept_does_not_make_up_for_every_minute(deferrer: LatestOnly) -> None:
    assert due_at(deferrer, NOON + 1, NOON + 72 * HOUR + 1) == [NOON, NOON + 72 * HOUR]


def test_our_worker_defers_so(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[LatestOnly] = []

    async def note(self: LatestOnly) -> None:
        asked.append(self)

    monkeypatch.setattr(LatestOnly, "worker", note)
    app = app_with_a_job_of_every_minute()
    asyncio.run(SettableWorker(app)._periodic_deferrer())
    assert [one.registry for one in asked] == [app.periodic_registry]
