"""Accounts that no grant has, on a real PostgreSQL and worker: what runs in them is seen and stopped."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from tests.integration.provisioning.conftest import ProvisioningOnPostgres, provisioning_on
from tests.integration.provisioning.test_api import Callers
from tests.unit.provisioning.fake_money import FakeBills, FakeWatcher, SimulatedClock, machines
from tests.unit.provisioning.fake_outside import FakeOutside, fake_steps

from chassis import clock as real_clock
from chassis.failures import NotNow
from local_stack.postgres import LocalPostgres
from provisioning.domain.account_states import OVER, AccountState
from provisioning.domain.accounts import SandboxAccount
from provisioning.domain.idle_accounts import IdleAccount
from provisioning.domain.meters import SpendTerms
from provisioning.domain.prices import Seen
from provisioning.handlers.idle_accounts import watch_idle_accounts
from provisioning.handlers.money_ports import BilledDay
from provisioning.handlers.ports import Policies
from provisioning.handlers.reading_bills import begin_reading


class Idle:
    """Provisioning whose accounts have no grant."""

    def __init__(self, provisioning: ProvisioningOnPostgres, clock: SimulatedClock) -> None:
        self.it, self.clock = provisioning, clock
        self.watcher, self.bills = FakeWatcher(), FakeBills()
        vars(provisioning.service)["money"] = (self.watcher, self.bills)

    def account(self, state: AccountState, **said: Any) -> tuple[UUID, str]:
        key, account_id = uuid4(), f"{uuid4().int % 10**12:012}"
        ended_at = self.clock.at if state in OVER else None
        account = SandboxAccount(
            account_key=key, account_id=account_id, state=state, wanted=state, made_at=self.clock.at
        )
        account.ended_at = ended_at
        for name, value in said.items():
            setattr(account, name, value)
        with self.it.service.open_work() as work:
            assert work.accounts.add(account)
        return key, account_id

    def look(self, **passed: float) -> None:
        self.clock.pass_(**passed)
        with self.it.service.open_work() as work:
            watch_idle_accounts(work)
        self.it.work_off()

    def known(self, key: UUID) -> IdleAccount | None:
        with self.it.service.open_work() as work:
            return work.idle_accounts.lock(key)

    def looks(self, account_id: str) -> int:
        return sum(one[0] == account_id for one in self.watcher.looks)


@pytest.fixture(scope="module")
def shared(postgres: LocalPostgres) -> Iterator[ProvisioningOnPostgres]:
    outside, name = FakeOutside(), "test_idle_accounts"
    url = postgres.ensure_database(name, owner="tests", password="tests")
    with provisioning_on(url, fake_steps(outside), outside) as provisioning:
        yield provisioning
    postgres.drop_database(name)


@pytest.fixture
def idle(shared: ProvisioningOnPostgres, monkeypatch: pytest.MonkeyPatch) -> Idle:
    clock = SimulatedClock(datetime(2025, 11, 10, 12, tzinfo=UTC))
    monkeypatch.setattr(real_clock, "now", clock)
    return Idle(shared, clock)


@pytest.mark.parametrize(
    "state",
    [AccountState.CLEANING, AccountState.COOLING, AccountState.QUARANTINED, AccountState.CLOSING],
)
def test_what_runs_without_a_grant_is_seen_and_stopped(idle: Idle, state: AccountState) -> None:
    key, account_id = idle.account(state)
    idle.watcher.seen[account_id] = Seen(running={machines("m5.24xlarge"): 2}, used=())
    idle.look()
    assert idle.watcher.stopped == [account_id]
    seen = idle.known(key)
    assert seen is not None
    assert seen.usd_per_hour == Decimal("9.216")
    idle.look(minutes=11)
    assert idle.looks(account_id) == 1
    idle.look(minutes=2)
    seen = idle.known(key)
    assert seen is not None
    assert (seen.usd_per_hour, idle.looks(account_id)) == (0, 2)


@pytest.mark.parametrize("state", [AccountState.AVAILABLE, AccountState.MAKING, AccountState.CLOSED])
def test_who_has_nothing_or_is_not_ours_is_not_looked_at(idle: Idle, state: AccountState) -> None:
    _, account_id = idle.account(state)
    idle.look()
    assert idle.looks(account_id) == 0


def test_one_that_is_taken_again_is_looked_at_no_more(idle: Idle) -> None:
    key, account_id = idle.account(AccountState.QUARANTINED)
    idle.look()
    with idle.it.service.open_work() as work:
        work.connection.execute(
            text("UPDATE sandbox_accounts SET grant_id = :grant WHERE account_key = :key"),
            {"grant": uuid4(), "key": key},
        )
    idle.look(hours=1)
    assert (idle.known(key), idle.looks(account_id)) == (None, 1)


def test_one_that_a_grant_got_before_its_look_is_left_alone(idle: Idle) -> None:
    """The job waited in a queue; whatever runs there by now is the partner's."""
    key, account_id = idle.account(AccountState.QUARANTINED)
    idle.watcher.seen[account_id] = Seen(running={machines("m5.24xlarge"): 1}, used=())
    with idle.it.service.open_work() as work:
        watch_idle_accounts(work)
        account = work.accounts.lock(key)
        assert account is not None
        account.grant_id = uuid4()
        work.accounts.save(account)
    idle.it.work_off()
    assert (idle.looks(account_id), idle.watcher.stopped) == (0, [])


def test_one_that_is_to_be_ejected_stays_as_it_is(idle: Idle) -> None:
    _, account_id = idle.account(AccountState.QUARANTINED, wanted=AccountState.EJECTED)
    idle.look()
    assert idle.looks(account_id) == 0


def test_what_cannot_be_seen_is_told_after_a_while_and_counted_on(idle: Idle) -> None:
    key, account_id = idle.account(AccountState.QUARANTINED)
    idle.watcher.seen[account_id] = Seen(running={machines("m5.24xlarge"): 1}, used=())
    idle.watcher.trouble["nobody"] = NotNow("account_not_ready", "The role is gone.")
    idle.look()
    idle.watcher.trouble[account_id] = idle.watcher.trouble["nobody"]
    for _ in range(3):
        idle.look(minutes=12)
    seen = idle.known(key)
    assert seen is not None
    assert (seen.usd_per_hour, seen.cause and seen.cause.code) == (Decimal("4.608"), "account_not_ready")
    with idle.it.service.open_work() as work:
        assert work.idle_accounts.count_blind(idle.clock.at) == {("account_not_ready",): 1}
        assert work.idle_accounts.usd_per_hour()[("none",)] >= 4.608
    idle.watcher.trouble.clear()
    idle.look(minutes=12)
    seen = idle.known(key)
    assert seen is not None
    assert seen.cause is None


def test_where_no_account_is_looked_at_none_is_told_as_not_seen(
    idle: Idle, monkeypatch: pytest.MonkeyPatch
) -> None:
    key, account_id = idle.account(AccountState.QUARANTINED)
    idle.look()
    made = idle.it.service.work_factory
    policies = Policies(
        catalogue=idle.it.service.settings.catalogue, spending=SpendTerms(look_every=timedelta())
    )
    monkeypatch.setitem(vars(idle.it.service), "work_factory", partial(made.func, policies=policies))
    idle.look(hours=1)
    assert (idle.known(key), idle.looks(account_id)) == (None, 1)
    with idle.it.service.open_work() as work:
        assert work.idle_accounts.count_blind(idle.clock.at) == {}


def test_bills_of_an_account_that_is_over_are_read_until_none_can_come(idle: Idle) -> None:
    """Each reading is of this month and the one before: as long as one of its days is among them."""
    _, closed = idle.account(AccountState.CLOSED)
    _, standing = idle.account(AccountState.QUARANTINED)
    add = text("INSERT INTO spend_accounts (account_id, read_next_at) VALUES (:id, :at)")
    with idle.it.service.open_work() as work:
        for account_id in (closed, standing):
            work.connection.execute(add, {"id": account_id, "at": idle.clock.at})

    def read_at(at: datetime) -> set[str]:
        idle.clock.at = at
        idle.bills.readings.clear()
        with idle.it.service.open_work() as work:
            begin_reading(work)
        idle.it.work_off()
        return {account_id for accounts, _ in idle.bills.readings for account_id in accounts}

    assert read_at(datetime(2025, 11, 11, tzinfo=UTC)) >= {closed, standing}
    assert closed in read_at(datetime(2025, 12, 31, tzinfo=UTC))
    last = read_at(datetime(2026, 1, 1, tzinfo=UTC))
    assert standing in last
    assert closed not in last


def shown(idle: Idle, account_id: str) -> dict[str, Any]:
    callers = Callers(idle.it)
    answer = callers.get("/v1/accounts?limit=100", callers.operator("viewer"))
    assert answer.status_code == 200, answer.text
    [account] = [one for one in answer.get_json()["accounts"] if one["account_id"] == account_id]
    return dict(account)


def test_what_an_account_costs_shows_though_no_grant_ever_had_it(idle: Idle) -> None:
    _, account_id = idle.account(AccountState.QUARANTINED)
    _, waiting = idle.account(AccountState.AVAILABLE)
    _, not_ours_yet = idle.account(AccountState.MAKING)
    idle.bills.days = [
        BilledDay(account_id, day, kind, Decimal(usd))
        for day, kind, usd in (
            (date(2025, 10, 31), "Usage", "70"),
            (date(2025, 11, 1), "Usage", "3.20"),
            (date(2025, 11, 8), "Tax", "0.61"),
            (date(2025, 11, 8), "Credit", "-2"),
        )
    ]
    idle.watcher.seen[account_id] = Seen(running={machines("m5.24xlarge"): 1}, used=())
    with idle.it.service.open_work() as work:
        begin_reading(work)
    idle.look()
    read = {one for accounts, _ in idle.bills.readings for one in accounts}
    assert {account_id, waiting} <= read
    assert not_ours_yet not in read
    assert shown(idle, account_id)["cost"] == {
        "spent_usd": "3.81",
        "billed_usd": "3.81",
        "billed_until": "2025-11-08",
        "estimated_usd": None,
        "usd_per_hour": "4.61",
    }
    assert set(shown(idle, waiting)["cost"].values()) == {None}
    idle.clock.at = datetime(2025, 12, 1, tzinfo=UTC)
    assert shown(idle, account_id)["cost"]["spent_usd"] is None
