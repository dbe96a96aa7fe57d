"""What a sender took while it was being forgotten is given back: it may be that."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from time import monotonic
from typing import Any, cast
from uuid import uuid4

import pytest

from integrations.adapters.repositories.events import FORGOTTEN_CHANNEL
from integrations.adapters.sending.delivery_queue import Claimed, DeliveryQueue, Note, SendingEndpoint
from integrations.adapters.sending.ownership import Beat
from integrations.adapters.sending.sender import Sender


class Queue:
    """Has one delivery due, of which the sender is told while it asks; ``told`` is all that it is told."""

    lease_seconds, silence_seconds = 45.0, 60.0

    def __init__(self, told: str | None, *, is_ordered: bool) -> None:
        self.endpoint = SendingEndpoint(
            uuid4(), "https://a.example/", is_ordered, "structured", 8, None, 0.0, ()
        )
        self.told = told
        self.is_listened_to = False
        self.is_asked, self.is_heard = asyncio.Event(), asyncio.Event()
        self.notes: asyncio.Queue[Note] = asyncio.Queue()

    async def beat(self) -> Beat:
        return Beat(is_new=False, taken=0, surplus=0)

    async def endpoints(self) -> list[SendingEndpoint]:
        return [self.endpoint]

    async def claim(self, *_: object, **__: object) -> list[Claimed]:
        if self.is_asked.is_set() or not self.is_listened_to:
            return []
        self.is_asked.set()
        await self.is_heard.wait()
        more = (uuid4(), uuid4(), "{}", "{}", False, monotonic() + self.lease_seconds)
        return [Claimed(self.endpoint.id, 1, 1, 0, 0, *more)]

    async def claim_in_order(self, *_: object) -> tuple[list[Claimed], dict[Any, Any]]:
        return await self.claim(), {}

    async def listen(self) -> AsyncIterator[tuple[str, str]]:
        yield "", ""
        self.is_listened_to = True
        await self.is_asked.wait()
        if self.told is not None:
            yield self.told, ""
        self.is_heard.set()
        await asyncio.Event().wait()

    async def note(self, notes: Sequence[Note]) -> set[Any]:
        for note in notes:
            self.notes.put_nowait(note)
        return set()

    async def leave(self) -> None:
        """Nobody else is there."""


@pytest.mark.parametrize("is_ordered", [False, True], ids=["as it comes", "in order"])
@pytest.mark.parametrize(
    ("told", "state"),
    [(FORGOTTEN_CHANNEL, "waiting"), ("", "waiting"), (None, "withheld")],
    ids=["forgotten", "listens anew", "nothing"],
)
def test_what_was_asked_for_before_is_looked_at_again(told: str | None, state: str, is_ordered: bool) -> None:
    """What is not given back gets its turn, where this one is seen not to be permitted."""

    async def first_note() -> Note:
        queue, stopped, unused = Queue(told, is_ordered=is_ordered), asyncio.Event(), cast("Any", None)
        sender = Sender(cast("DeliveryQueue", queue), unused, unused, unused, timeout_seconds=15.0)
        running = asyncio.create_task(sender.run(stopped))
        note = await queue.notes.get()
        stopped.set()
        await running
        return note

    assert asyncio.run(first_note()).state == state
