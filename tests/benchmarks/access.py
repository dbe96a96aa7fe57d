"""Making, freezing and looking at what stands outside, beside the same calls by as many threads and no more.

Both sides use the same steps on the same stand-ins of AWS and CRM; ours notes each attempt and outcome in
PostgreSQL, observes what it switched off, and looks before it does.
"""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from unittest.mock import patch
from uuid import UUID, uuid4

from sqlalchemy import text
from tests.benchmarks.figures import Comparison, Result
from tests.benchmarks.options import Options
from tests.benchmarks.outside_world import OutsideWorld
from tests.benchmarks.servers import Servers
from tests.benchmarks.turns import Turns
from tests.integration.provisioning.conftest import ProvisioningOnPostgres, provisioning_on
from tests.unit.provisioning.conftest import member
from tests.unit.provisioning.fake_outside import FakeOutside
from tests.unit.provisioning.granting import Granting, order_for
from tests.unit.provisioning.products import PRODUCTS

from provisioning.adapters.outside import Outside
from provisioning.adapters.outside_settings import OutsideSettings

PARTNERS = 100
THREADS = 8
LOOKS = 1_000
SHOWN = ("iot", "crm")
BRAKES = [step.name for name in SHOWN for step in PRODUCTS[name].plan if step.is_brake]


class Ours:
    """Provisioning's handlers on PostgreSQL, its jobs done by threads."""

    def __init__(self, provisioning: ProvisioningOnPostgres) -> None:
        self._provisioning = provisioning
        self._partners: list[UUID] = []

    def make(self) -> float:
        for number in range(PARTNERS):
            contact = member(given_name="Zoë", email=f"zoe@bench-{number}.example", is_contact=True)
            members = [{**contact, "member_id": str(contact["member_id"])}]
            self._partners.append(self._provisioning.plan(*SHOWN, members=members))
        return self._advance_all()

    def freeze(self) -> float:
        for partner_id in self._partners:
            self._provisioning.hear("suspended", {"partner_id": str(partner_id)})
        return self._advance_all()

    def look(self) -> float:
        """As often as it takes for so many looks."""
        seconds = 0.0
        for _ in range(LOOKS // (PARTNERS * len(SHOWN))):
            with self._provisioning.service.open_work() as work:
                work.connection.execute(text("UPDATE grants SET look_at = now()"))
            seconds += self._advance_all()
        return seconds

    def _advance_all(self) -> float:
        with self._provisioning.service.open_work() as work:
            grants = list(work.connection.execute(text("SELECT grant_id FROM grants")).scalars())
        return _seconds(self._provisioning.service.advance_grant, grants)


class Bare:
    """The steps alone: nothing is noted, observed or looked for beyond what they do by themselves."""

    def __init__(self, settings: OutsideSettings) -> None:
        made = Outside(settings).steps()
        orders = [order_for(name) for _ in range(PARTNERS) for name in SHOWN]
        self._grants = [Granting(replace(order, members=order.members[:1]), made) for order in orders]

    def make(self) -> float:
        return _seconds(Granting.apply, self._grants)

    def freeze(self) -> float:
        return _seconds(lambda grant: grant.freeze(BRAKES), self._grants)

    def look(self) -> float:
        return sum(_seconds(Granting.standing, self._grants) for _ in range(LOOKS // (PARTNERS * len(SHOWN))))


def run(servers: Servers, options: Options) -> list[Result]:
    """One side after the other, each with an outside in which nothing was made yet."""
    names = ("make", "look", "freeze")
    sides = {name: (Turns("Gangway"), Turns("the steps alone")) for name in names}
    for _ in range(options.repetitions):
        with ExitStack() as stack:
            world = stack.enter_context(OutsideWorld(servers))
            stack.enter_context(patch.dict("os.environ", world.environ))
            settings = outside_settings(world)
            with (
                world.anew(),
                servers.database("access") as url,
                provisioning_on(url, Outside(settings).steps(), FakeOutside()) as provisioning,
            ):
                _take(Ours(provisioning), world, [sides[name][0] for name in names])
            with world.anew():
                _take(Bare(settings), world, [sides[name][1] for name in names])
    rows = {
        "make": f"{PARTNERS * len(SHOWN)} grants made, seconds",
        "look": f"a look at {LOOKS:,} settled grants, seconds",
        "freeze": f"{PARTNERS} partners frozen, seconds until the last brake is on",
    }
    return [
        Comparison(what=rows[name], ours=ours.side(), beside=bare.side(), better="less")
        for name, (ours, bare) in sides.items()
    ]


def _take(side: Ours | Bare, world: OutsideWorld, turns: list[Turns]) -> None:
    """Each act once, with its calls."""
    for act, turn in zip((side.make, side.look, side.freeze), turns, strict=True):
        before = sum(world.calls().values())
        seconds = act()
        calls = sum(world.calls().values()) - before
        per_minute = {"per minute": PARTNERS * len(SHOWN) / seconds * 60} if act == side.make else {}
        turn.add({"s": seconds, "calls": calls, **per_minute})


def outside_settings(world: OutsideWorld) -> OutsideSettings:
    environ = world.environ
    return OutsideSettings(
        aws_region=environ["AWS_DEFAULT_REGION"],
        aws_endpoint_url=environ["AWS_ENDPOINT_URL"],
        scim_url=environ["SCIM_URL"],
        scim_token=environ["SCIM_TOKEN"],
        account_email_pattern=f"aws+{{key}}@{uuid4().hex[:8]}.example",
    )


def _seconds(act: Callable[..., object], things: Iterable[object]) -> float:
    begun = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as threads:
        list(threads.map(act, things))
    return time.perf_counter() - begun
