"""A sender without its database says so once, however many of its loops find out, and goes on by itself."""

import asyncio
from typing import Any, NoReturn, cast

import psycopg
import pytest
from structlog.testing import capture_logs

from integrations.adapters.sending import sender as module
from integrations.adapters.sending.delivery_queue import DeliveryQueue
from integrations.adapters.sending.ownership import Beat
from integrations.adapters.sending.sender import Sender

FAILED_BEATS = 5


class QueueOfAnOutage:
    """Beats again after some failures; whatever else is asked of it fails meanwhile, and waits then."""

    silence_seconds = 60.0

    def __init__(self) -> None:
        self.beats = 0
        self.is_back = asyncio.Event()

    async def beat(self) -> Beat:
        self.beats += 1
        if self.beats <= FAILED_BEATS:
            raise psycopg.OperationalError("away")
        self.is_back.set()
        return Beat(is_new=False, taken=0, surplus=0)

    async def endpoints(self) -> list[NoReturn]:
        if not self.is_back.is_set():
            raise OSError("away")
        return []

    async def listen(self) -> Any:
        await self.endpoints()
        await asyncio.Event().wait()
        yield

    async def leave(self) -> None:
        """Nobody else is there."""


def test_an_outage_of_the_database_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "RESTART_SECONDS", 0.001)

    async def outage() -> None:
        queue, stopped, unused = QueueOfAnOutage(), asyncio.Event(), cast("Any", None)
        sender = Sender(cast("DeliveryQueue", queue), unused, unused, unused, timeout_seconds=15.0)
        running = asyncio.create_task(sender.run(stopped))
        await queue.is_back.wait()
        stopped.set()
        await running

    with capture_logs() as told:
        asyncio.run(outage())
    assert [entry["event"] for entry in told] == ["sender waits for its database"]
