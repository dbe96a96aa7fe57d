"""A sender takes what is due behind what it took a moment ago, and overlooks nothing."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import pytest
from tests.integration.integrations.conftest import World

from chassis.settings.database_timeouts import DatabaseTimeouts
from integrations.adapters.sending import delivery_queue
from integrations.adapters.sending.delivery_queue import DeliveryQueue
from integrations.adapters.sending.ownership import Ownership

_FILL = """
INSERT INTO deliveries (endpoint_id, event_position, event_id, event_type, partner_id, due_at, created_at)
SELECT :endpoint_id, position, id, type, partner_id, now() - interval '1 hour', now() FROM events
"""


@pytest.fixture
def endpoint_id(world: World) -> UUID:
    """Ten deliveries are due, all since the same moment."""
    found = UUID(world.vendor().endpoint("https://hooks.example.com/x")["id"])
    world.tell("partner.applied.v1", count=10)
    world.change("DELETE FROM deliveries")
    world.change(_FILL, endpoint_id=found)
    return found


def claiming(world: World, steps: Callable[[DeliveryQueue], Awaitable[None]]) -> None:
    async def run() -> None:
        ownership = Ownership(timedelta(minutes=10))
        timeouts, url = DatabaseTimeouts(), world.environ["DATABASE_URL"]
        day = timedelta(days=1)
        queue = DeliveryQueue(url, timeouts, ownership, disable_after=day, lease=timedelta(seconds=45))
        await queue.beat()
        try:
            await steps(queue)
        finally:
            await queue.close()

    asyncio.run(run())


def test_all_is_taken_once_and_what_comes_before_a_moment_later(
    world: World, endpoint_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_queue, "FROM_THE_START_AFTER_SECONDS", 3600.0)
    positions = [row["event_position"] for row in world.rows("SELECT event_position FROM deliveries")]
    again = "UPDATE deliveries SET due_at = now() - interval '2 hours' WHERE event_position = :position"

    async def steps(queue: DeliveryQueue) -> None:
        async def taken(room: int) -> list[int]:
            return [claimed.position for claimed in await queue.claim({endpoint_id: room})]

        assert await taken(3) == positions[:3]
        assert queue._behind[endpoint_id][1] == positions[2], "the last of them"
        world.change(again, position=positions[0])
        assert await taken(3) == positions[3:6], "what is put before is not looked for at once"
        queue._from_the_start_at = 0.0
        assert await taken(1) == positions[:1], "but a moment later"
        assert await taken(2) == positions[6:8]
        world.change(again, position=positions[1])
        assert sorted(await taken(5)) == [positions[1], *positions[8:]], "at once where there is room for it"
        assert await taken(5) == []
        assert queue._behind == {}

    claiming(world, steps)
