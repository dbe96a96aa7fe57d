"""A year of partners who come and go, on an organization that asserts what must never happen to an account.

`YEAR_OF_PARTNERS=500 pytest tests/unit/provisioning/test_year_of_accounts.py -s` runs a long one.
"""

import os
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest
from tests.unit.provisioning.conftest import CATALOGUE, ProvisioningInMemory
from tests.unit.provisioning.fake_database import FakeDatabase, Killed
from tests.unit.provisioning.fake_organization import DAY, FakeOrganization

from chassis.database.deferred_jobs import Job
from chassis.database.outside_calls import OutsideCalls
from provisioning.domain.account_states import AccountState
from provisioning.domain.grant_states import State
from provisioning.domain.grants import Grant
from provisioning.domain.patience import Patience
from provisioning.domain.pool import PoolTerms
from provisioning.domain.rounds import Rounds
from provisioning.handlers import jobs
from provisioning.handlers.advance_account import AccountOutside, AdvanceAccount
from provisioning.handlers.advance_grant import AdvanceGrant
from provisioning.handlers.ports import Policies
from provisioning.handlers.tend_pool import tend_pool

PARTNERS = int(os.environ.get("YEAR_OF_PARTNERS", "14"))


@dataclass
class Year:
    """The handlers on a fake organization, and a clock that goes from one thing that is due to the next."""

    seed: int
    terms: PoolTerms
    trouble: float = 0.08
    service: ProvisioningInMemory = field(default_factory=ProvisioningInMemory)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)  # noqa: S311
        self.begun_at = self.service.clock.at
        self.database = FakeDatabase(self.service.clock, self._policies())
        self.service.database = self.database
        self.organization = FakeOrganization(
            self.service.clock, self.random, self.trouble, cooldown=self.terms.cooldown
        )
        outside = OutsideCalls(open_work=self.database.open, locks=self.service.locks)
        patience = Patience(first_seconds=30, most_seconds=3600, lasts_seconds=30 * 86_400)
        reach = AccountOutside(
            vendor=self.organization, contents=self.organization, cleaner=self.organization
        )
        self.do: Mapping[str, Any] = {
            jobs.ADVANCE_GRANT: AdvanceGrant(
                outside=outside, steps=self.organization.steps(), patience=patience, random=lambda: 0.5
            ),
            jobs.ADVANCE_ACCOUNT: AdvanceAccount(
                outside=outside, reach=reach, patience=patience, random=lambda: 0.5
            ),
        }

    def _policies(self) -> Policies:
        rounds = Rounds(every_hours=24 * 20)
        return Policies(catalogue=CATALOGUE, pool=self.terms, rounds=rounds)

    @property
    def now(self) -> datetime:
        return self.service.clock.at

    def live(self, partners: int) -> None:
        """Have them come over the year and leave after some weeks, some of them frozen in between."""
        moments: list[tuple[datetime, int, str, UUID | None]] = []
        for number in range(partners):
            at = self.begun_at + DAY * self.random.uniform(0, min(300, partners / 2))
            moments.append((at, number, "come", None))
        while moments:
            moments.sort()
            at, number, what, partner_id = moments.pop(0)
            self.go_on_until(at)
            if what == "come":
                partner_id = self.service.plan("cloud_sandbox")
                stays = self.random.choice(((0.01, 2), (0.01, 2), (2, 40)))
                leaves_at = at + DAY * self.random.uniform(*stays)
                moments.append((leaves_at, number, "offboarding_started", partner_id))
                if self.random.random() < 0.3:
                    half = at + (leaves_at - at) / 2
                    moments.append((half, number, "suspended", partner_id))
                    moments.append((half + DAY / 10, number, "resumed", partner_id))
            else:
                self.service.hear(what, {"partner_id": partner_id})
        self.go_on_until(max(self.begun_at + 365 * DAY, self.now + 120 * DAY))

    def go_on_until(self, at: datetime) -> None:
        """Run what is due, each minute's look and each job in its time."""
        while (due_at := self._next_due()) is not None and due_at <= at:
            self.service.clock.at = max(self.now, due_at)
            with self.database.open() as work:
                tend_pool(work)
            self._run_jobs()
        self.service.clock.at = max(self.now, at)

    def _run_jobs(self) -> None:
        while due := [job for job in self.database.jobs if (job.not_before or self.now) <= self.now]:
            job = due[0]
            self.database.jobs.remove(job)
            self.service.clock.at += timedelta(milliseconds=1)
            try:
                self.do[job.task](*map(UUID, job.arguments.values()))
            except Killed:
                again_at = self.now + timedelta(seconds=8)
                self.database.jobs.append(Job(task=job.task, arguments=job.arguments, not_before=again_at))

    def _next_due(self) -> datetime | None:
        """The worker looks each minute; here a minute after the first account that is due."""
        minute = timedelta(minutes=1)
        accounts = [one.due_at + minute for one in self.database.rows.accounts.values() if one.due_at]
        return min([*accounts, *(job.not_before or self.now for job in self.database.jobs)], default=None)

    def states(self) -> Counter[str]:
        return Counter(str(one.state) for one in self.database.rows.accounts.values())


@pytest.mark.parametrize(
    ("reuses", "cooldown"), [(True, DAY), (True, 0 * DAY), (False, DAY)], ids=["reuse", "reuse-hot", "close"]
)
def test_no_account_is_in_two_leases_nor_comes_back_with_anything_left(
    cooldown: timedelta, *, reuses: bool
) -> None:
    terms = PoolTerms(size=3, reuses=reuses, has_cleaner=reuses, cooldown=cooldown)
    year = Year(seed=7, terms=terms)
    with year.database.open() as work:
        tend_pool(work)
    year.live(PARTNERS)

    grants = list(year.database.rows.grants.values())
    assert len(grants) == PARTNERS
    waiting = {grant.grant_id for grant in grants if _waits_to_be_closed(grant)}
    assert not (reuses and waiting)
    over = {grant.state for grant in grants if grant.grant_id not in waiting}
    assert over <= {State.REVOKED, State.CANCELLED}
    accounts = year.database.rows.accounts.values()
    assert {one.grant_id for one in accounts if one.grant_id} == waiting
    real = {one.account_id: one for one in year.organization.accounts.values()}
    assert {one.account_id for one in accounts if one.account_id} == set(real), "an orphan outside"
    for one in accounts:
        thing = real[str(one.account_id)]
        assert (one.state is AccountState.CLOSED) == thing.is_closed
        if one.state is AccountState.AVAILABLE:
            assert thing.unit == "available"
            assert not thing.things
        if one.state is AccountState.QUARANTINED:
            assert {left.outside_id for left in one.left} == set(thing.things) != set()
    print(  # noqa: T201  for the long run
        f"{PARTNERS} partners, {year.organization.leases} leases, {len(real)} accounts, "
        f"{len(waiting)} wait to be closed, "
        f"{year.organization.kills} kills, {year.organization.lost} lost answers, {dict(year.states())}"
    )


def _waits_to_be_closed(grant: Grant) -> bool:
    """AWS closes ten in thirty days: most of what many partners leave in a year waits for that alone."""
    is_tried_again = grant.stuck_step is None and grant.step("sandbox_account").retry_at is not None
    return grant.state is State.REVOKING and is_tried_again
