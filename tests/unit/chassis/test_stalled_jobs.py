"""The loop that gives jobs of dead workers back."""

import asyncio

import procrastinate
import pytest
from procrastinate import exceptions, testing

from chassis.running import housekeeping


def test_no_failure_ends_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    """If it ended, nobody would notice that such jobs stay where they are."""
    failures: list[Exception] = [exceptions.ConnectorException("away"), ValueError("a bug")]

    async def look() -> None:
        is_reached = asyncio.Event()

        async def fail_at_first(_app: procrastinate.App) -> int:
            if failures:
                raise failures.pop(0)
            is_reached.set()
            return 0

        monkeypatch.setattr(housekeeping, "STALLED_AFTER_SECONDS", 0)
        monkeypatch.setattr(housekeeping, "retry_stalled", fail_at_first)
        app = procrastinate.App(connector=testing.InMemoryConnector())
        loop = asyncio.create_task(housekeeping.keep_retrying_stalled(app))
        await asyncio.wait_for(is_reached.wait(), 10)
        loop.cancel()

    asyncio.run(look())
