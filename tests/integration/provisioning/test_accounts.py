"""Accounts on a real PostgreSQL and worker: taken from the pool by one grant each, given back, set apart."""

import sys
from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from tests.integration.provisioning.conftest import ProvisioningOnPostgres, provisioning_on
from tests.unit.provisioning.fake_database import FakeClock
from tests.unit.provisioning.fake_organization import FakeOrganization
from tests.unit.provisioning.fake_outside import FakeOutside, fake_steps

from local_stack.postgres import LocalPostgres
from provisioning.domain.account_states import AccountState
from provisioning.domain.accounts import SandboxAccount
from provisioning.domain.findings import Mark, Thing, ThingKind
from provisioning.domain.grant_states import State
from provisioning.domain.refusals import AccountNotToBeMoved
from provisioning.domain.steps import Cause
from provisioning.handlers.account_ports import Place
from provisioning.handlers.accounts import (
    act_on_account,
    register_account,
)
from provisioning.handlers.advance_account import AccountOutside
from provisioning.handlers.commands import (
    BeginMaintenance,
    CloseAccount,
    EndMaintenance,
    QuarantineAccount,
    RegisterAccount,
    ReleaseAccount,
)
from provisioning.handlers.maintenance import begin_maintenance, end_maintenance
from provisioning.handlers.tend_pool import tend_pool

WHY: dict[str, Any] = {"by": "amara", "reason": "Seen in the audit."}


class Pool:
    """Provisioning with a pool of two accounts, on an organization in memory."""

    def __init__(self, provisioning: ProvisioningOnPostgres, organization: FakeOrganization) -> None:
        self.it = provisioning
        self.organization = organization

    def tend(self) -> None:
        """Do what the worker does each minute, with what waits for its time."""
        with self.it.service.open_work() as work:
            work.connection.execute(text("UPDATE sandbox_accounts SET due_at = now() WHERE due_at > now()"))
            tend_pool(work)
        self.it.work_off()

    def accounts(self) -> dict[str, SandboxAccount]:
        with self.it.service.open_work() as work:
            return {str(one.account_id): one for one in work.accounts.page(None, None, 1000)}

    def of(self, partner_id: UUID) -> SandboxAccount:
        return self.accounts()[self.it.grant(partner_id, "cloud_sandbox").outputs["account_id"]]

    def take(self) -> tuple[UUID, SandboxAccount]:
        partner_id = self.it.plan("cloud_sandbox")
        self.it.work_off()
        return partner_id, self.of(partner_id)

    def leave(self, partner_id: UUID) -> str:
        self.it.hear("offboarding_started", {"partner_id": str(partner_id)})
        self.it.work_off()
        return str(self.it.grant(partner_id, "cloud_sandbox").outputs["account_id"])

    def cool_down(self) -> str:
        """An account that was used, given back and seen empty."""
        partner_id, account = self.take()
        self.organization.accounts[str(account.account_id)].things = {}
        account_id = self.leave(partner_id)
        self.tend()
        assert self.standing(account_id) == (AccountState.COOLING, "clean_up")
        return account_id

    def standing(self, account_id: str) -> tuple[AccountState, str]:
        return self.accounts()[account_id].state, self.organization.accounts[account_id].unit


@pytest.fixture(scope="module")
def pool(postgres: LocalPostgres) -> Iterator[Pool]:
    url = postgres.ensure_database("test_accounts", owner="tests", password="tests")
    outside = FakeOutside()
    at_once = dict.fromkeys(("cooldown", "takes", "keys_last"), timedelta())
    organization = FakeOrganization(FakeClock(), Random(1), **at_once)  # noqa: S311
    steps = {**fake_steps(outside), **organization.steps()}
    reach = AccountOutside(vendor=organization, contents=organization, cleaner=organization)
    environ = {
        "SANDBOX_POOL_SIZE": "2",
        "SANDBOX_CLEANER": sys.executable,
        "SANDBOX_COOLDOWN_HOURS": "1",
        "SANDBOX_CLEANING_ROUNDS": "2",
    }
    with provisioning_on(url, steps, outside, environ, account_outside=reach) as provisioning:
        yield Pool(provisioning, organization)
    postgres.drop_database("test_accounts")


def test_a_grant_takes_an_account_that_waits_and_gives_it_back_empty(pool: Pool) -> None:
    pool.tend()
    ready = {key for key, one in pool.accounts().items() if one.state is AccountState.AVAILABLE}
    assert len(ready) >= 2
    partner_id, account = pool.take()
    assert account.account_id in ready
    assert account.state is AccountState.LEASED
    assert account.grant_id == pool.it.grant(partner_id, "cloud_sandbox").grant_id
    pool.it.hear("suspended", {"partner_id": str(partner_id)})
    pool.it.work_off()
    assert pool.standing(str(account.account_id)) == (AccountState.FROZEN, "frozen")
    pool.it.hear("resumed", {"partner_id": str(partner_id)})
    pool.it.work_off()
    pool.organization.accounts[str(account.account_id)].things = {"bucket": 1}

    account_id = pool.leave(partner_id)
    pool.tend()
    assert pool.standing(account_id) == (AccountState.CLEANING, "clean_up")
    pool.tend()
    assert pool.standing(account_id) == (AccountState.COOLING, "clean_up")
    with pool.it.service.open_work() as work:
        work.connection.execute(
            text("UPDATE sandbox_accounts SET cooldown_until = now() WHERE account_id = :it"),
            {"it": account_id},
        )
    pool.tend()
    assert pool.standing(account_id) == (AccountState.AVAILABLE, "available")


def test_what_cannot_be_emptied_is_set_apart_by_name_until_somebody_releases_it(pool: Pool) -> None:
    pool.tend()
    partner_id, account = pool.take()
    real = pool.organization.accounts[str(account.account_id)]
    real.things = {"eternal": 99}
    account_id = pool.leave(partner_id)
    for _ in range(5):
        pool.tend()
    assert pool.standing(account_id) == (AccountState.QUARANTINED, "quarantine")
    apart = pool.accounts()[account_id]
    assert [(thing.kind, thing.outside_id) for thing in apart.left] == [("bucket", "eternal")]
    real.things = {}
    with pool.it.service.open_work() as work:
        act_on_account(work, ReleaseAccount(account_key=apart.account_key, **WHY))
    pool.tend()
    assert pool.standing(account_id) == (AccountState.COOLING, "clean_up")


def test_what_comes_up_while_it_cools_down_is_emptied_before_anybody_gets_it(pool: Pool) -> None:
    pool.tend()
    account_id = pool.cool_down()
    pool.organization.accounts[account_id].things = {"bucket": 1}
    pool.tend()
    assert pool.standing(account_id) == (AccountState.CLEANING, "clean_up")


def test_what_an_operator_wants_while_an_act_is_under_way_is_done_at_once(
    pool: Pool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The end of the act is of no account then: it would put off the quarantine until the next look."""
    pool.tend()
    account_id = pool.cool_down()
    cooling = pool.accounts()[account_id]
    place = pool.organization.place

    def quarantined_meanwhile(key: UUID, which: str, where: Place) -> bool:
        if (which, where) == (account_id, Place.AVAILABLE):
            with pool.it.service.open_work() as work:
                act_on_account(work, QuarantineAccount(account_key=cooling.account_key, **WHY))
        return place(key, which, where)

    monkeypatch.setattr(pool.organization, "place", quarantined_meanwhile)
    pool.tend()
    assert pool.standing(account_id) == (AccountState.QUARANTINED, "quarantine")


def test_one_account_is_in_one_lease(pool: Pool) -> None:
    """The database itself refuses it, whoever asks."""
    pool.tend()
    _, account = pool.take()
    twice = text(
        "INSERT INTO sandbox_accounts (account_key, state, wanted, grant_id, made_at, rounds, "
        "\"left\", attempts) VALUES (:key, 'leased', 'leased', :grant, now(), 0, '[]', 0)"
    )
    with pytest.raises(IntegrityError), pool.it.service.open_work() as work:
        work.connection.execute(twice, {"key": uuid4(), "grant": account.grant_id})


def test_two_who_take_at_a_time_get_two(pool: Pool) -> None:
    pool.tend()
    with pool.it.service.open_work() as first, pool.it.service.open_work() as second:
        one, other = first.accounts.lock_available(), second.accounts.lock_available()
    assert one is not None
    assert other is not None
    assert other.account_key != one.account_key


def test_without_one_that_waits_a_grant_makes_its_own(pool: Pool) -> None:
    with pool.it.service.open_work() as work:
        work.connection.execute(
            text("UPDATE sandbox_accounts SET wanted = 'closed' WHERE state = 'available'")
        )
    partner_id, account = pool.take()
    assert account.account_key == pool.it.grant(partner_id, "cloud_sandbox").grant_id
    assert account.state is AccountState.LEASED


def test_a_registered_account_is_emptied_before_anybody_gets_it(pool: Pool) -> None:
    account_id = pool.organization.make(uuid4())
    pool.organization.accounts[account_id].things = {"of others": 1}
    with pool.it.service.open_work() as work:
        account = register_account(work, RegisterAccount(account_id=account_id, **WHY))
    pool.it.work_off()
    stuck = pool.accounts()[account_id]
    assert stuck.is_stuck
    assert stuck.cause is not None
    assert stuck.cause.code == "account_elsewhere"
    pool.organization.accounts[account_id].unit = "available"
    with pool.it.service.open_work() as work:
        act_on_account(work, ReleaseAccount(account_key=account.account_key, **WHY))
    pool.it.work_off()
    assert pool.standing(account_id) == (AccountState.CLEANING, "clean_up")
    pool.tend()
    assert pool.standing(account_id) == (AccountState.COOLING, "clean_up")
    with pytest.raises(AccountNotToBeMoved, match="known"), pool.it.service.open_work() as work:
        register_account(work, RegisterAccount(account_id=account_id, **WHY))


def test_a_leased_account_is_nobodys_to_move(pool: Pool) -> None:
    _, account = pool.take()
    with pytest.raises(AccountNotToBeMoved, match="freeze that grant"), pool.it.service.open_work() as work:
        act_on_account(work, QuarantineAccount(account_key=account.account_key, **WHY))


def test_a_sweep_knows_what_stands_in_the_pool(pool: Pool) -> None:
    pool.tend()
    ready = next(one for one in pool.accounts().values() if one.state is AccountState.AVAILABLE)
    things = [
        Thing(
            kind=ThingKind.ACCOUNT,
            product="cloud_sandbox",
            outside_id=account_id,
            mark=Mark(grant_id=key, noted_id=account_id),
        )
        for account_id, key in (
            (str(ready.account_id), ready.account_key),
            ("999999999999", ready.account_key),
        )
    ]
    with pool.it.service.open_work() as work:
        assert [owner.is_live for owner in work.findings.owners(things)] == [True, False]


def test_an_account_whose_address_people_changed_is_known_by_the_grant_in_its_name(pool: Pool) -> None:
    grant_id = pool.it.grant(pool.take()[0], "cloud_sandbox").grant_id
    things = [
        Thing(
            kind=ThingKind.ACCOUNT,
            product="cloud_sandbox",
            outside_id="999999999999",
            mark=Mark(grant_digits=digits, noted_id="999999999999"),
        )
        for digits in (grant_id.hex[-12:], uuid4().hex[-12:])
    ]
    with pool.it.service.open_work() as work:
        owners = work.findings.owners(things)
    assert [(owner.grant_id, owner.is_live) for owner in owners] == [(grant_id, True), (None, False)]


def test_what_does_not_wait_where_it_should_is_emptied_before_anybody_gets_it(pool: Pool) -> None:
    pool.tend()
    account_id = next(key for key, one in pool.accounts().items() if one.state is AccountState.AVAILABLE)
    pool.organization.accounts[account_id].unit = "frozen"
    pool.tend()
    assert pool.standing(account_id) == (AccountState.COOLING, "clean_up")
    gone_id = next(key for key, one in pool.accounts().items() if one.state is AccountState.AVAILABLE)
    pool.organization.accounts[gone_id].is_closed = True
    pool.tend()
    assert pool.accounts()[gone_id].state is AccountState.CLOSED


def test_in_maintenance_nothing_new_is_begun_and_brakes_work(pool: Pool) -> None:
    pool.tend()
    partner_id, account = pool.take()
    with pool.it.service.open_work() as work:
        begin_maintenance(work, BeginMaintenance(**WHY))
    waiting = pool.it.plan("cloud_sandbox")
    with pool.it.service.open_work() as work:
        work.connection.execute(text("DELETE FROM procrastinate_jobs WHERE status = 'todo'"))
    pool.it.service.advance_grant(pool.it.grant(waiting, "cloud_sandbox").grant_id)
    assert pool.it.grant(waiting, "cloud_sandbox").state is State.PLANNED
    pool.it.hear("suspended", {"partner_id": str(partner_id)})
    pool.it.service.advance_grant(pool.it.grant(partner_id, "cloud_sandbox").grant_id)
    assert pool.standing(str(account.account_id)) == (AccountState.FROZEN, "frozen")
    with pool.it.service.open_work() as work:
        end_maintenance(work, EndMaintenance())
    pool.it.work_off()
    assert pool.it.grant(waiting, "cloud_sandbox").state is State.GRANTED


def test_an_account_that_somebody_registered_meanwhile_is_not_taken_nor_closed_by_its_maker(
    pool: Pool,
) -> None:
    """Its maker died before the id was noted; an operator found the account, and put it to use."""
    partner_id = pool.it.plan("cloud_sandbox")
    grant, pool_key = pool.it.grant(partner_id, "cloud_sandbox"), uuid4()
    made = [pool.organization.make(key) for key in (grant.grant_id, pool_key)]
    grant.outputs["account_goes_back"] = False  # as without a pool: whoever ends closes what it made
    with pool.it.service.open_work() as work:
        work.grants.save(grant)
        work.accounts.add(SandboxAccount.for_grant(grant, work.now()))
        work.accounts.add(SandboxAccount.for_pool(pool_key, work.now()))
        for account_id in made:
            register_account(work, RegisterAccount(account_id=account_id, **WHY))
    pool.tend()
    failed = pool.it.grant(partner_id, "cloud_sandbox")
    cause = failed.step("sandbox_account").cause
    assert (failed.state, cause and cause.code) == (State.FAILED, "account_known")
    with pool.it.service.open_work() as work:
        stuck = work.accounts.get(pool_key)
        assert stuck is not None
        assert stuck.is_stuck
        assert stuck.cause == Cause("account_known", f"The account {made[1]} is known already.")
        act_on_account(work, CloseAccount(account_key=pool_key, **WHY))
    pool.it.hear("offboarding_started", {"partner_id": str(partner_id)})
    pool.it.work_off()
    assert pool.it.grant(partner_id, "cloud_sandbox").state is State.REVOKED
    with pool.it.service.open_work() as work:
        ended = [work.accounts.get(key) for key in (grant.grant_id, pool_key)]
    assert [one and one.state for one in ended] == [AccountState.CLOSED] * 2
    assert not any(pool.organization.accounts[account_id].is_closed for account_id in made)
    assert not any(pool.accounts()[account_id].is_over for account_id in made)


def test_accounts_that_are_used_or_wait_are_watched_one_after_the_other(pool: Pool) -> None:
    pool.tend()
    partner_id, leased = pool.take()
    with pool.it.service.open_work() as work:
        limited = text("UPDATE grants SET parameters = parameters || :limits WHERE grant_id = :grant")
        limits = '{"allowed_regions": ["eu-west-1"]}'
        work.connection.execute(limited, {"limits": limits, "grant": leased.grant_id})
    with pool.it.service.open_work() as work:
        seen, after = {}, ""
        while (one := work.accounts.in_use(after=after)) is not None:
            seen[one.account_id], after = one.regions, one.account_id
        assert work.accounts.in_use(account_id=leased.account_id) is not None
    assert list(seen) == sorted(seen)
    assert seen[str(leased.account_id)] == ["eu-west-1"]
    waiting = [key for key, one in pool.accounts().items() if one.state is AccountState.AVAILABLE]
    assert waiting
    assert all(seen[key] is None for key in waiting)
    account_id = pool.leave(partner_id)
    pool.tend()
    with pool.it.service.open_work() as work:
        assert work.accounts.in_use(account_id=account_id) is None
