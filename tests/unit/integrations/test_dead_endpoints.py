"""How a share begins, and how it waits for an endpoint that takes nothing."""

import asyncio
from uuid import UUID, uuid4

import pytest

from chassis import clock
from integrations.adapters.sending import endpoint_share
from integrations.adapters.sending.delivery_queue import Claimed, Note, SendingEndpoint
from integrations.adapters.sending.endpoint_share import (
    FILL_AFTER_SECONDS,
    LONGEST_PATIENCE_SECONDS,
    MOST_AHEAD,
    PATIENT_AFTER,
    EndpointShare,
)
from integrations.domain.deliveries import REFUSES_ONE_EVENT

ENDPOINT = SendingEndpoint(uuid4(), "https://a.example/", False, "structured", 8, None, 0.0, ())


class Told:
    """A share whose requests end when they are told to, by a clock that is told the time."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = 1_000.0
        self.open: list[asyncio.Future[str]] = []
        self.status: int | None = None
        self.woken = 0
        monkeypatch.setattr(endpoint_share, "monotonic", lambda: self.now)
        self.fair_share = MOST_AHEAD
        self.share = EndpointShare(
            ENDPOINT,
            self._attempt,
            lambda _: None,
            self._count,
            needs_seconds=20,
            lease_seconds=45,
            fair_share=lambda: self.fair_share,
        )

    def _count(self, _: UUID) -> None:
        self.woken += 1

    async def _attempt(self, one: Claimed, _: SendingEndpoint) -> Note:
        self.open.append(asyncio.get_running_loop().create_future())
        state = await self.open[-1]
        return Note(claimed=one, state=state, at=clock.now(), status=self.status)

    async def take(self, *positions: int) -> None:
        self.share.take(
            [
                Claimed(ENDPOINT.id, place, 1, 0, 0, uuid4(), uuid4(), "{}", "{}", True, self.now + 45)
                for place in positions
            ]
        )
        await self._settle()

    async def end(self, state: str, most: int = MOST_AHEAD) -> int:
        """What is on its way, up to so many, ends so; return how many those were."""
        ended, self.open = self.open[:most], self.open[most:]
        for one in ended:
            one.set_result(state)
        await self._settle()
        return len(ended)

    async def _settle(self) -> None:
        for _ in range(5):
            await asyncio.sleep(0)


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    return Told(monkeypatch)


def test_each_success_earns_a_place_until_all_are_there(told: Told) -> None:
    async def steps() -> list[int]:
        await told.take(*range(40))
        return [await told.end("delivered") for _ in range(6)]

    assert asyncio.run(steps()) == [1, 2, 4, 8, 8, 8]


def test_an_endpoint_that_fails_is_asked_by_one_and_ever_more_rarely(told: Told) -> None:
    """After a thousand failures as after ten: the wait has an end."""

    async def steps() -> None:
        await told.take(*range(7))
        await told.end("delivered")
        await told.end("delivered")
        await told.end("delivered")
        assert told.share.room
        for place in range(1_050):
            if not told.share.room:
                told.now += LONGEST_PATIENCE_SECONDS
            await told.take(100 + place)
            assert await told.end("waiting") == 1
        assert told.share.room == 0
        told.now += LONGEST_PATIENCE_SECONDS - 0.1
        assert told.share.room == 0
        told.now += 0.1
        assert told.share.room == 1

    asyncio.run(steps())


def test_one_event_that_fails_again_and_again_holds_nobody_up(told: Told) -> None:
    async def steps() -> None:
        for _ in range(PATIENT_AFTER * 3):
            await told.take(7)
            await told.end("waiting")
            assert told.share.room

    asyncio.run(steps())


def test_what_was_on_its_way_when_the_wait_began_does_not_prolong_it(told: Told) -> None:
    async def steps() -> None:
        await told.take(*range(15))
        for _ in range(4):
            await told.end("delivered")
        await told.take(*range(100, 108))
        assert await told.end("waiting") == 8
        assert told.share.room == 0
        told.now += endpoint_share.FIRST_PATIENCE_SECONDS
        assert told.share.room == 1

    asyncio.run(steps())


def test_whoever_wants_it_tried_does_not_wait_for_our_patience(told: Told) -> None:
    """For one request each time, also where one is on its way just then; what it asks for itself is kept."""

    async def steps() -> None:
        for place in range(PATIENT_AFTER):
            await told.take(place)
            await told.end("waiting")
        assert told.share.room == 0
        told.share.try_now()
        assert told.share.room == 1
        await told.take(100)
        told.share.try_now()
        assert told.share.room == 0
        await told.end("waiting")
        assert told.share.room == 1
        await told.take(101)
        await told.end("waiting")
        assert told.share.room == 0
        told.share.change(ENDPOINT._replace(held_seconds=30.0))
        told.share.try_now()
        assert told.share.room == 0

    asyncio.run(steps())


def test_a_success_ends_the_wait_of_those_that_failed_beside_it(told: Told) -> None:
    async def steps() -> None:
        await told.take(*range(15))
        for _ in range(4):
            await told.end("delivered")
        await told.take(*range(100, 108))
        last = told.open.pop()
        await told.end("waiting")
        assert told.share.room == 0
        last.set_result("delivered")
        await told.end("delivered")
        assert told.share.room

    asyncio.run(steps())


def test_an_endpoint_that_is_resumed_or_has_moved_waits_for_nothing_old(told: Told) -> None:
    """Also while a request from before still hangs."""

    async def steps() -> None:
        for is_closed, url in ((True, ENDPOINT.url), (False, "https://b.example/")):
            await told.take(*range(4))
            await told.end("delivered")
            told.share.change(told.share.endpoint._replace(held_seconds=3_600.0))
            assert told.open
            assert told.share.room == 0
            if is_closed:
                told.share.close()
            told.share.change(ENDPOINT._replace(url=url))
            assert told.share.room

    asyncio.run(steps())


def test_what_a_former_address_answers_says_nothing_of_the_new_one(told: Told) -> None:
    async def steps() -> None:
        await told.take(*range(15))
        for _ in range(4):
            await told.end("delivered")
        await told.take(*range(100, 108))
        told.share.change(ENDPOINT._replace(url="https://b.example/"))
        assert await told.end("waiting") == 8
        assert told.share.room > 1

    asyncio.run(steps())


def test_places_beside_requests_that_hang_are_filled(told: Told) -> None:
    """More than half of them hang: what comes for the others does not wait until those end."""

    told.fair_share = 1

    async def steps() -> None:
        await told.take(*range(15))
        for _ in range(3):
            await told.end("delivered")
        assert await told.end("delivered", most=2) == 2
        assert len(told.open) == 6
        assert told.share.room == 0
        woken = told.woken
        await asyncio.sleep(2 * FILL_AFTER_SECONDS)
        assert told.woken == woken + 1
        assert told.share.room >= 2
        await told.take(100, 101)
        assert len(told.open) == 8
        assert told.share.room == 0
        told.share.may_have_due = False
        assert await told.end("delivered", most=2) == 2
        await asyncio.sleep(2 * FILL_AFTER_SECONDS)
        told.share.look()
        assert told.share.room == 0
        await asyncio.sleep(2 * FILL_AFTER_SECONDS)
        assert told.share.room == 2

    asyncio.run(steps())


@pytest.mark.parametrize("status", sorted(REFUSES_ONE_EVENT))
def test_an_endpoint_that_refuses_most_kinds_gets_the_others_at_once(told: Told, status: int) -> None:
    async def steps() -> None:
        for place in range(PATIENT_AFTER * 3):
            told.status = status
            await told.take(place)
            await told.end("waiting")
            assert told.share.room
        told.status = 500
        for place in range(PATIENT_AFTER):
            await told.take(100 + place)
            await told.end("waiting")
        assert told.share.room == 0

    asyncio.run(steps())
