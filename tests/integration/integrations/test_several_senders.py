"""Several senders as processes: limits and order hold for all of them, also when one is killed or paused."""

import json
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from aiohttp import web
from tests.integration.integrations.conftest import World
from tests.integration.integrations.receivers import Receiver, wait_until

APPLIED = "partner.applied.v1"
SETTINGS = {"WEBHOOK_TAKEOVER_SECONDS": "6", "WEBHOOK_TIMEOUT_SECONDS": "6"}
# Below the leases of what the dead held, and far above what it takes.
PATIENCE = 40
PARTNERS = [str(uuid.UUID(int=number)) for number in range(1, 5)]


@contextmanager
def sender(world: World, instance: str = "") -> Iterator[subprocess.Popen[bytes]]:
    command = [sys.executable, "-m", "integrations", "sender"]
    environ = {**os.environ, **world.environ, **SETTINGS, "SENDER_INSTANCE": instance}
    with subprocess.Popen(command, env=environ, stderr=subprocess.DEVNULL) as process:
        try:
            yield process
        finally:
            process.kill()


def shares(world: World) -> list[int]:
    """How many endpoints each sender has."""
    rows = world.rows(
        "SELECT count(endpoint_id) AS owned FROM senders LEFT JOIN endpoint_senders ON sender_id = id"
        " WHERE alive_until > now() GROUP BY id ORDER BY 1"
    )
    return [row["owned"] for row in rows]


def senders(world: World) -> set[str]:
    return {str(row["id"]) for row in world.rows("SELECT id FROM senders")}


def first_seen(receiving: Receiver, path: str) -> dict[str, list[str]]:
    """Of each partner, the events in the order in which they came first."""
    found: dict[str, dict[str, None]] = {}
    for one in receiving.at(path):
        found.setdefault(json.loads(one.body)["subject"], {})[one.id] = None
    return {partner: list(ids) for partner, ids in found.items()}


def test_limits_and_order_hold_for_all_senders(world: World, receiving: Receiver) -> None:
    paths = [f"/ordered/{number}" for number in range(5)]
    for path in paths:
        world.vendor().endpoint(f"{receiving.url}{path}", order="partner")
    world.vendor().endpoint(f"{receiving.url}/hanging", concurrency=2)
    # It takes one, so that it may have both places.
    receiving.answers["/hanging"] = lambda _, seen: "hang" if seen > 1 else web.Response()
    told: dict[str, list[str]] = {partner: [] for partner in PARTNERS}

    def tell_and_see_all(count: int) -> None:
        for _ in range(count):
            events = [world.event(APPLIED, partner) for partner in PARTNERS]
            for event, event_id in zip(events, world.take_in(events), strict=True):
                told[event.subject].append(event_id)
        total = sum(map(len, told.values()))
        wait_until(lambda: all(len(set(receiving.ids(path))) == total for path in paths), PATIENCE)
        assert all(first_seen(receiving, path) == told for path in paths)

    with ExitStack() as started:
        first, second = (started.enter_context(sender(world)) for _ in range(2))
        wait_until(lambda: shares(world) == [3, 3], PATIENCE)
        before = senders(world)
        tell_and_see_all(20)
        # On a machine so busy that one was taken for dead, requests may come twice.
        if senders(world) == before:
            came = [one.at for one in receiving.at("/hanging")]
            assert sum(at - came[0] < 5 for at in came) == 3
            assert sum(len(receiving.at(path)) for path in paths) == 20 * len(PARTNERS) * len(paths)

        first.send_signal(signal.SIGKILL)
        tell_and_see_all(5)
        wait_until(lambda: shares(world) == [6], PATIENCE)

        third = started.enter_context(sender(world))
        wait_until(lambda: len(shares(world)) == 2 and shares(world)[0] >= 2, PATIENCE)
        third.send_signal(signal.SIGSTOP)
        tell_and_see_all(5)
        wait_until(lambda: shares(world) == [6], PATIENCE)
        third.send_signal(signal.SIGCONT)
        tell_and_see_all(20)
        wait_until(lambda: len(shares(world)) == 2 and shares(world)[0] >= 2, PATIENCE)

        second.send_signal(signal.SIGTERM)
        assert second.wait(PATIENCE) == 0
        wait_until(lambda: shares(world) == [6], PATIENCE)
        tell_and_see_all(1)
        receiving.is_released = True


def test_a_successor_of_the_same_name_takes_over_at_once(world: World, receiving: Receiver) -> None:
    """Together with what the dead one held, and long before its silence or its leases would have ended."""
    world.vendor().endpoint(f"{receiving.url}/slow", concurrency=1)
    receiving.answers["/slow"] = lambda _, seen: "hang"
    ids = world.tell(APPLIED, count=3)
    with sender(world, "sender-1") as first:
        receiving.wait_for("/slow", 1, PATIENCE)
        first.send_signal(signal.SIGKILL)
    receiving.answers.clear()
    world.change("UPDATE senders SET alive_until = now() + interval '1 h'")
    with sender(world, "sender-1"):
        wait_until(lambda: set(receiving.ids("/slow")) == set(ids), PATIENCE)
    assert len(receiving.at("/slow")) == 4
