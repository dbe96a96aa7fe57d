"""A share at its endpoint's own rate: with many places as with few, all that is due is sent in the end."""

import asyncio
from collections import deque
from time import monotonic
from uuid import UUID, uuid4

import pytest

from chassis import clock
from integrations.adapters.sending.delivery_queue import Claimed, Note, SendingEndpoint
from integrations.adapters.sending.endpoint_share import EndpointShare

PER_SECOND, LEASE_SECONDS, NEEDS_SECONDS = 1_000, 0.06, 0.02


class Paced:
    """A queue with one share, whose leases end long before a hundred requests get their turn."""

    def __init__(self, *, is_ordered: bool, due: int) -> None:
        pace = (100, PER_SECOND, 0.0, ())
        self.endpoint = SendingEndpoint(uuid4(), "https://a.example/", is_ordered, "structured", *pace)
        self.due = deque(range(due))
        self.sent: list[int] = []
        self.claims = self.given_back = 0
        self.share = EndpointShare(
            self.endpoint,
            self._attempt,
            self._note,
            lambda _: None,
            needs_seconds=NEEDS_SECONDS,
            lease_seconds=LEASE_SECONDS,
        )

    async def _attempt(self, one: Claimed, _: SendingEndpoint) -> Note:
        return Note(claimed=one, state="delivered", at=clock.now(), status=200)

    def _note(self, note: Note) -> None:
        if note.state == "delivered":
            self.sent.append(note.claimed.position)
        else:
            self.given_back += 1
            self.due.append(note.claimed.position)
            self.share.look()

    async def send_all(self) -> None:
        self.share.look()
        while self.due or self.share.running:
            places = [self.due.popleft() for _ in range(min(self.share.room, len(self.due)))]
            if places:
                self.claims += 1
                self.share.take([self._claimed(place) for place in places])
            self.share.may_have_due = bool(self.due)
            await asyncio.sleep(0.001)

    def _claimed(self, place: int) -> Claimed:
        lane, ends_at = UUID(int=place % 30), monotonic() + LEASE_SECONDS
        return Claimed(self.endpoint.id, place, 1, 0, 0, uuid4(), lane, "{}", "{}", True, ends_at)


@pytest.mark.parametrize("is_ordered", [False, True], ids=["as they come", "in order"])
def test_places_that_the_pace_cannot_fill_starve_nobody(is_ordered: bool) -> None:
    async def steps() -> Paced:
        paced = Paced(is_ordered=is_ordered, due=150)
        await asyncio.wait_for(paced.send_all(), 20)
        return paced

    paced = asyncio.run(steps())
    assert sorted(paced.sent) == list(range(150))
    assert paced.claims <= 150 + paced.given_back


def test_no_more_is_claimed_than_gets_its_turn_while_the_lease_lasts() -> None:
    """Half of what the lease leaves for waiting is ten seconds, with one request in each."""
    pace = (100, 1, 0.0, ())
    endpoint = SendingEndpoint(uuid4(), "https://a.example/", False, "structured", *pace)
    paced = Paced(is_ordered=False, due=0)
    times = {"needs_seconds": 25.0, "lease_seconds": 45.0}
    share = EndpointShare(endpoint, paced._attempt, paced._note, lambda _: None, **times)
    share.may_have_due = True
    assert share.room == 10
