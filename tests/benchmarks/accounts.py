"""Accounts of sandboxes: from the approval to a granted one, with and without a warm pool; what 1,000 cost.

Both sides of the first rows use the same steps on the same stand-in of AWS, one sandbox after the other; ours
hears of the approval, plans, and notes each step in PostgreSQL. Kafka and the worker's queue are left out:
they are in the rows of `onboarding`.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from statistics import quantiles
from unittest.mock import patch
from uuid import uuid4

from sqlalchemy import event, text
from tests.benchmarks.access import outside_settings
from tests.benchmarks.figures import Comparison, Result, target
from tests.benchmarks.memory import cpu_seconds
from tests.benchmarks.options import Options
from tests.benchmarks.outside_world import OutsideWorld
from tests.benchmarks.servers import Servers
from tests.benchmarks.turns import Turns
from tests.integration.provisioning.conftest import ProvisioningOnPostgres, provisioning_on
from tests.unit.provisioning.conftest import member
from tests.unit.provisioning.fake_money import FakeBills, FakeWatcher
from tests.unit.provisioning.fake_outside import FakeOutside
from tests.unit.provisioning.granting import Granting, order_for

from provisioning.adapters.outside import Outside
from provisioning.adapters.outside_settings import OutsideSettings
from provisioning.domain.account_states import AccountState
from provisioning.domain.accounts import SandboxAccount
from provisioning.domain.grant_states import State
from provisioning.handlers.account_ports import Place
from provisioning.handlers.advance_account import AccountOutside
from provisioning.handlers.idle_accounts import watch_idle_accounts
from provisioning.handlers.reading_bills import begin_reading
from provisioning.handlers.spending import watch_spending
from provisioning.handlers.tend_pool import tend_pool

SANDBOXES = 30
POOL = 1_000
MINUTES = 10
SETTINGS = {"SANDBOX_POOL_SIZE": str(SANDBOXES), "SANDBOX_POOL_CREATIONS": "5"}
STATES = (AccountState.AVAILABLE, AccountState.COOLING, AccountState.CLEANING, AccountState.QUARANTINED)
_A_MINUTE_LATER = text("UPDATE idle_accounts SET look_at = look_at - interval '1 minute'")
# Each is looked at every twelve minutes, all of them evenly.
_SPREAD = text("""
    UPDATE idle_accounts SET look_at = now() + abs(hashtext(account_key::text)) % 720 * interval '1 second'
""")


class Waits:
    """One side: half of its sandboxes were there within p50, all but one in a hundred within p99."""

    def __init__(self, name: str) -> None:
        self.p50, self.p99 = Turns(name), Turns(name)

    def add(self, seconds: list[float]) -> None:
        cuts = quantiles(seconds, n=100, method="inclusive")
        self.p50.add({"p50 ms": cuts[49] * 1000})
        self.p99.add({"p99 ms": cuts[98] * 1000})


def run(servers: Servers, options: Options) -> list[Result]:
    """Each turn on an AWS in which nothing was made yet."""
    pools = {"a warm pool": True, "no pool": False}
    waits = {name: (Waits("Gangway"), Waits("the steps alone")) for name in pools}
    minutes = {count: Turns(f"{count:,} accounts") for count in (POOL, 0)}
    for _ in range(options.repetitions):
        with OutsideWorld(servers) as world, patch.dict("os.environ", world.environ):
            settings = outside_settings(world)
            for name, is_warm in pools.items():
                ours, bare = waits[name]
                with world.anew(), _ours(servers, settings) as provisioning:
                    ours.add(_granted(provisioning, is_warm=is_warm))
                with world.anew():
                    bare.add(_bare(settings, is_warm=is_warm))
            for count, turns in minutes.items():
                with _ours(servers, settings) as provisioning:
                    turns.add(_minute(servers, provisioning, count))
    compared = partial(Comparison, better="less")
    results: list[Result] = []
    for name, (ours, bare) in waits.items():
        goal = 1.5 if pools[name] else None
        what = f"from the approval to a granted sandbox, {name}"
        results += [
            compared(what=f"{what}, p50", ours=ours.p50.side(), beside=bare.p50.side(), goal=goal),
            compared(what=f"{what}, p99", ours=ours.p99.side(), beside=bare.p99.side(), goal=goal),
        ]
        if pools[name]:
            results.append(compared(what=what, ours=ours.p99.side(), beside=target("ms", 2000), goal=1.0))
    what = f"a minute of what looks after {POOL:,} accounts"
    return [*results, compared(what=what, ours=minutes[POOL].side(), beside=minutes[0].side())]


@contextmanager
def _ours(servers: Servers, settings: OutsideSettings) -> Iterator[ProvisioningOnPostgres]:
    reach = _reach(settings)
    with (
        servers.database("accounts") as url,
        provisioning_on(
            url, Outside(settings).steps(), FakeOutside(), SETTINGS, account_outside=reach
        ) as provisioning,
    ):
        yield provisioning


def _reach(settings: OutsideSettings) -> AccountOutside:
    return Outside(settings).accounts(should_leave=lambda: False)


def _granted(provisioning: ProvisioningOnPostgres, *, is_warm: bool) -> list[float]:
    """Seconds from the approval until the sandbox is granted, one after the other; the first warms up."""
    if is_warm:
        _fill_pool(provisioning)
    return [_seconds(partial(_grant, provisioning, number)) for number in range(SANDBOXES)][1:]


def _fill_pool(provisioning: ProvisioningOnPostgres) -> None:
    ready = 0
    while ready < SANDBOXES:
        with provisioning.service.open_work() as work:
            tend_pool(work)
            keys = [one.account_key for one in work.accounts.page(AccountState.MAKING, None, SANDBOXES)]
        for key in keys:
            provisioning.service.advance_account(key)
        with provisioning.service.open_work() as work:
            ready = work.accounts.counts().get(AccountState.AVAILABLE, 0)


def _grant(provisioning: ProvisioningOnPostgres, number: int) -> None:
    contact = member(given_name="Zoë", email=f"zoe@bench-{number}.example", is_contact=True)
    partner_id = provisioning.plan(
        "cloud_sandbox", members=[{**contact, "member_id": str(contact["member_id"])}]
    )
    grant_id = provisioning.grant(partner_id, "cloud_sandbox").grant_id
    provisioning.service.advance_grant(grant_id)
    if provisioning.grant(partner_id, "cloud_sandbox").state is not State.GRANTED:
        raise RuntimeError(f"sandbox {number} is not granted")


def _bare(settings: OutsideSettings, *, is_warm: bool) -> list[float]:
    """The same steps, with accounts that stand ready where ours has a pool."""
    made, vendor = Outside(settings).steps(), _reach(settings).vendor
    orders = [order_for("cloud_sandbox") for _ in range(SANDBOXES)]
    grants = [Granting(replace(order, members=order.members[:1]), made) for order in orders]
    for grant in grants if is_warm else ():
        key = uuid4()
        account_id = vendor.make(key)
        vendor.place(key, account_id, Place.AVAILABLE)
        grant.outputs["account_id"] = account_id
    return [_seconds(grant.apply) for grant in grants][1:]


def _minute(servers: Servers, provisioning: ProvisioningOnPostgres, accounts: int) -> dict[str, float]:
    """What each minute's jobs take in our process and PostgreSQL, looks at idle accounts included.

    Their calls outside are left out, and no account changes its state.
    """
    service = provisioning.service
    vars(service)["money"] = (FakeWatcher(), FakeBills())
    _add_accounts(provisioning, accounts)
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    def minute() -> None:
        with service.open_work() as work:
            work.connection.execute(_A_MINUTE_LATER)
            watch_spending(work)
            watch_idle_accounts(work)
            begin_reading(work)
            work.meters.count_blind(), work.meters.usd_per_hour()
            work.idle_accounts.count_blind(work.now()), work.idle_accounts.usd_per_hour()
            keys = work.idle_accounts.due(work.now(), POOL)
        with service.open_work() as work:
            tend_pool(work)
            work.accounts.figures(work.policies.pool, work.now())
        for key in keys:
            service.look_at_idle_account(key)

    minute()
    with service.open_work() as work:
        work.connection.execute(_SPREAD)
    engine = service.database.engine
    event.listen(engine, "before_cursor_execute", count)
    ours, theirs = time.process_time(), cpu_seconds(servers.postgres_pid)
    seconds = _seconds(lambda: [minute() for _ in range(MINUTES)])
    spent = {
        "ms of processor": (time.process_time() - ours) / MINUTES * 1000,
        "ms of PostgreSQL": (cpu_seconds(servers.postgres_pid) - theirs) / MINUTES * 1000,
        "statements": statements / MINUTES,
        "ms": seconds / MINUTES * 1000,
    }
    event.remove(engine, "before_cursor_execute", count)
    return spent


def _add_accounts(provisioning: ProvisioningOnPostgres, count: int) -> None:
    """As many in each state; what they wait for lies ahead."""
    with provisioning.service.open_work() as work:
        for number in range(count):
            state = STATES[number % len(STATES)]
            is_apart = state is AccountState.QUARANTINED
            account = SandboxAccount(
                account_key=uuid4(),
                account_id=f"{number:012}",
                state=state,
                wanted=AccountState.QUARANTINED if is_apart else AccountState.AVAILABLE,
                made_at=work.now(),
            )
            work.accounts.add(account)


def _seconds(act: Callable[[], object]) -> float:
    begun = time.perf_counter()
    act()
    return time.perf_counter() - begun
