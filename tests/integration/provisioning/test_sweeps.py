"""Sweeps on a real PostgreSQL: what no grant answers for is found twice, told, and settled."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import text
from tests.integration.provisioning.conftest import ProvisioningOnPostgres, provisioning_on
from tests.unit.provisioning.fake_outside import FakeOutside, fake_steps

from chassis.failures import NeverPossible, NotNow
from local_stack.postgres import LocalPostgres
from provisioning.domain.findings import Finding, FindingState, Mark, Thing, ThingKind
from provisioning.domain.refusals import Refused
from provisioning.domain.sweeps import Sweep
from provisioning.handlers.commands import (
    AdoptFinding,
    IgnoreFinding,
    RemoveFinding,
    ReopenFinding,
    RunSweep,
)
from provisioning.handlers.findings import adopt_finding, ignore_finding, remove_finding, reopen_finding
from provisioning.handlers.ports import Page
from provisioning.handlers.sweep_outside import begin_sweeps, run_sweep

POLICY = ThingKind.DEVICE_POLICY
WHY: dict[str, Any] = {"by": "amara", "reason": "Seen in the audit."}


@dataclass
class FakeInventory:
    """Things of one kind, one on a page; ``errors`` are raised by the next calls."""

    kind: ThingKind
    things: list[Thing] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    asked: list[str | None] = field(default_factory=list)
    unlisted: set[str] = field(default_factory=set)
    keeps: bool = False

    def empty(self) -> None:
        for each in (self.things, self.errors, self.asked, self.unlisted):
            each.clear()
        self.keeps = False

    def page(self, cursor: str | None) -> Page:
        self.asked.append(cursor)
        if self.errors:
            raise self.errors.pop(0)
        place = int(cursor or 0)
        here = [thing for thing in self.things if thing.outside_id not in self.unlisted]
        return Page(tuple(here[place : place + 1]), str(place + 1) if place + 1 < len(here) else None)

    def part_at(self, _cursor: str | None) -> None:
        return None

    def find(self, outside_id: str) -> Thing | None:
        return next((thing for thing in self.things if thing.outside_id == outside_id), None)

    def remove(self, thing: Thing) -> None:
        if self.errors:
            raise self.errors.pop(0)
        if not self.keeps:
            self.things.remove(thing)


class Sweeping:
    """Provisioning, and what its sweeps list."""

    def __init__(
        self, provisioning: ProvisioningOnPostgres, inventories: dict[ThingKind, FakeInventory]
    ) -> None:
        self.provisioning = provisioning
        self.inventories = inventories
        self.policies = inventories[POLICY]

    def stands(self, partner_id: UUID, name: str = "gangway-acme") -> Thing:
        mark = Mark(partner_digits=partner_id.hex[-12:])
        thing = Thing(kind=POLICY, product="iot", outside_id=name, mark=mark)
        self.policies.things.append(thing)
        return thing

    def sweep(self, minutes_since: int = 0) -> None:
        """Have one run to its end, so long after what was seen before."""
        with self.provisioning.service.open_work() as work:
            for name in ("first_seen_at", "last_seen_at"):
                earlier = text(f"UPDATE findings SET {name} = {name} - :past")  # noqa: S608
                work.connection.execute(earlier, {"past": timedelta(minutes=minutes_since)})
            run_sweep(work, RunSweep())
        self.go_on()

    def go_on(self) -> None:
        """Do what the worker's jobs do, until the sweep has ended."""
        while self.last().ended_at is None:
            with self.provisioning.service.open_work() as work:
                work.connection.execute(text("UPDATE sweeps SET next_at = NULL WHERE ended_at IS NULL"))
            self.provisioning.service.sweep_outside()

    def last(self) -> Sweep:
        with self.provisioning.service.open_work() as work:
            last = work.sweeps.last()
        assert last is not None
        return last

    def findings(self) -> list[Finding]:
        with self.provisioning.service.open_work() as work:
            return work.findings.page(None, None, None, 100)

    def one(self) -> Finding:
        [finding] = self.findings()
        return finding

    def open_finding(self, partner_id: UUID) -> Finding:
        self.stands(partner_id)
        self.sweep()
        self.sweep(minutes_since=31)
        finding = self.one()
        assert finding.state is FindingState.OPEN
        return finding

    def remove(self, finding: Finding, **more: bool) -> FindingState:
        with self.provisioning.service.open_work() as work:
            remove_finding(work, RemoveFinding(finding_id=finding.finding_id, **WHY, **more))
        self.provisioning.service.remove_from_outside(finding.finding_id)
        return self.one().state

    def told(self, partner_id: UUID) -> list[str]:
        names = self.provisioning.events(partner_id)
        return [name.split(".")[2] for name in names if ".orphan_" in name]

    @cached_property
    def gone_partner(self) -> UUID:
        """A partner that had the product, and left."""
        partner_id = self.provisioning.plan("iot")
        self.provisioning.work_off()
        self.provisioning.hear("offboarding_started", {"partner_id": str(partner_id)})
        self.provisioning.work_off()
        return partner_id

    def empty(self) -> None:
        for inventory in self.inventories.values():
            inventory.empty()
        with self.provisioning.service.database.engine.begin() as connection:
            connection.execute(text("TRUNCATE findings, sweeps, outbox, procrastinate_jobs CASCADE"))


@pytest.fixture(scope="module")
def _sweeping(postgres: LocalPostgres) -> Iterator[Sweeping]:
    """One database for all of the tests: making one takes longer than any of them."""
    url = postgres.ensure_database("test_sweeps", owner="tests", password="tests")
    outside = FakeOutside()
    inventories = {kind: FakeInventory(kind) for kind in ThingKind}
    with provisioning_on(url, fake_steps(outside), outside, inventories=inventories) as provisioning:
        yield Sweeping(provisioning, inventories)
    postgres.drop_database("test_sweeps")


@pytest.fixture
def sweeping(_sweeping: Sweeping) -> Sweeping:
    _sweeping.empty()
    return _sweeping


def test_seen_twice_and_far_enough_apart_it_counts_and_is_told_once(sweeping: Sweeping) -> None:
    partner_id = sweeping.gone_partner
    sweeping.stands(partner_id)
    sweeping.sweep()
    first = sweeping.one()
    assert (first.state, first.partner_id) == (FindingState.SUSPECTED, partner_id)
    sweeping.sweep()
    assert sweeping.one().state is FindingState.SUSPECTED, "too soon after the first"
    sweeping.sweep(minutes_since=31)
    assert sweeping.one().state is FindingState.OPEN
    sweeping.sweep(minutes_since=31)
    assert sweeping.told(partner_id) == ["orphan_found"]
    sweeping.policies.things.clear()
    sweeping.sweep()
    assert sweeping.one().state is FindingState.GONE
    assert sweeping.told(partner_id) == ["orphan_found", "orphan_settled"]
    sweeping.stands(partner_id)
    sweeping.sweep(minutes_since=600)
    assert sweeping.one().state is FindingState.SUSPECTED, "what came back begins anew"


def test_what_a_live_grant_answers_for_is_none(sweeping: Sweeping) -> None:
    """Also one that is frozen, stuck on its way out, or only planned."""
    partner_id = sweeping.provisioning.plan("iot")
    sweeping.stands(partner_id)
    for _ in range(2):
        sweeping.sweep()
        assert sweeping.findings() == []
        sweeping.provisioning.hear("suspended", {"partner_id": str(partner_id)})
        sweeping.provisioning.work_off()


def test_another_products_grant_does_not_answer_for_it(sweeping: Sweeping) -> None:
    partner_id = sweeping.provisioning.plan("crm")
    sweeping.provisioning.work_off()
    sweeping.stands(partner_id)
    sweeping.sweep()
    assert sweeping.one().partner_id == partner_id


def test_what_is_seen_while_it_is_taken_away_comes_to_nothing(sweeping: Sweeping) -> None:
    partner_id = sweeping.gone_partner
    sweeping.stands(partner_id)
    sweeping.sweep()
    sweeping.policies.things.clear()
    sweeping.sweep(minutes_since=31)
    assert sweeping.one().state is FindingState.GONE
    assert sweeping.told(partner_id) == []


def test_what_a_page_left_out_is_looked_for_before_it_counts_as_gone(sweeping: Sweeping) -> None:
    partner_id = sweeping.gone_partner
    thing = sweeping.stands(partner_id)
    sweeping.sweep()
    sweeping.policies.unlisted.add(thing.outside_id)
    sweeping.sweep(minutes_since=31)
    assert sweeping.one().state is FindingState.SUSPECTED


def test_killed_at_any_page_it_goes_on_where_it_was(sweeping: Sweeping) -> None:
    partner_id = sweeping.gone_partner
    for number in range(3):
        sweeping.stands(partner_id, f"gangway-{number}")

    class KilledError(BaseException):
        pass

    sweeping.policies.errors.append(KilledError())
    with sweeping.provisioning.service.open_work() as work:
        run_sweep(work, RunSweep())
    with pytest.raises(KilledError):
        sweeping.go_on()
    with sweeping.provisioning.service.open_work() as work:
        begin_sweeps(work)
        jobs = work.connection.execute(text("SELECT task_name FROM procrastinate_jobs")).scalars().all()
    sweeping.go_on()
    assert "sweep_outside" in jobs
    assert len(sweeping.findings()) == 3
    assert sweeping.policies.asked == [None, None, "1", "2"], "no page but the one that was cut off again"
    last = sweeping.last()
    assert last.ended_at is not None
    assert last.things_seen == 3


def test_a_kind_that_cannot_be_listed_is_left_out_and_settles_nothing(sweeping: Sweeping) -> None:
    partner_id = sweeping.gone_partner
    finding = sweeping.open_finding(partner_id)
    sweeping.policies.errors += [
        NotNow("throttled", "Slow down."),
        NeverPossible("denied", "Not for you."),
    ]
    sweeping.policies.things.clear()
    sweeping.sweep()
    assert sweeping.one().state is FindingState.OPEN
    last = sweeping.last()
    assert {kind: cause.code for kind, cause in last.left_out.items()} == {POLICY: "denied"}
    assert finding.finding_id == sweeping.one().finding_id


def test_a_list_that_does_not_end_is_left_out(sweeping: Sweeping, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("provisioning.domain.sweeps.PAGES_MOST", 3)
    finding = sweeping.open_finding(sweeping.gone_partner)
    thing = sweeping.policies.things.pop()
    cursors = iter(range(20))
    monkeypatch.setattr(sweeping.policies, "page", lambda _: Page((thing,), str(next(cursors))))
    sweeping.sweep()
    last = sweeping.last()
    assert {kind: cause.code for kind, cause in last.left_out.items()} == {POLICY: "listing_endless"}
    assert last.things_seen == 3
    assert sweeping.one().finding_id == finding.finding_id
    assert sweeping.one().state is FindingState.OPEN


def test_one_sweep_at_a_time_and_looks_follow(sweeping: Sweeping) -> None:
    with sweeping.provisioning.service.open_work() as work:
        # Grants of other tests would take turns before this one's.
        work.connection.execute(text("UPDATE grants SET look_at = NULL"))
    partner_id = sweeping.provisioning.plan("iot")
    sweeping.provisioning.work_off()
    with sweeping.provisioning.service.open_work() as work:
        run_sweep(work, RunSweep())
    with (
        pytest.raises(Refused, match="sweep_under_way"),
        sweeping.provisioning.service.open_work() as work,
    ):
        run_sweep(work, RunSweep())
    with sweeping.provisioning.service.open_work() as work:
        begin_sweeps(work)
    sweeping.provisioning.work_off()
    grant = sweeping.provisioning.grant(partner_id, "iot")
    with sweeping.provisioning.service.open_work() as work:
        assert grant.look_at is not None
        assert grant.look_at <= work.now()
        count = work.connection.execute(text("SELECT count(*) FROM sweeps")).scalar()
    assert count == 1, "the schedule begins none while one is under way"


def test_removed_after_one_more_look(sweeping: Sweeping) -> None:
    partner_id = sweeping.gone_partner
    finding = sweeping.open_finding(partner_id)
    assert sweeping.remove(finding) is FindingState.REMOVED
    assert sweeping.policies.things == []
    assert sweeping.one().settled_by == "amara"
    assert sweeping.told(partner_id) == ["orphan_found", "orphan_settled"]


def test_removed_only_once_two_sweeps_saw_it(sweeping: Sweeping) -> None:
    sweeping.stands(sweeping.gone_partner)
    sweeping.sweep()
    with pytest.raises(Refused, match="not_open"):
        sweeping.remove(sweeping.one())


def test_what_came_to_be_a_grants_meanwhile_is_not_removed(sweeping: Sweeping) -> None:
    partner_id = sweeping.gone_partner
    finding = sweeping.open_finding(partner_id)
    with sweeping.provisioning.service.open_work() as work:
        work.connection.execute(
            text("UPDATE grants SET intent = 'on' WHERE partner_id = :one"), {"one": partner_id}
        )
    state = sweeping.remove(finding)
    with sweeping.provisioning.service.open_work() as work:
        work.connection.execute(
            text("UPDATE grants SET intent = 'off' WHERE partner_id = :one"), {"one": partner_id}
        )
    assert state is FindingState.GONE
    assert len(sweeping.policies.things) == 1


@pytest.mark.parametrize("why", ["denied", "still_seen"])
def test_what_cannot_be_removed_waits_again_with_its_cause(sweeping: Sweeping, why: str) -> None:
    finding = sweeping.open_finding(sweeping.gone_partner)
    sweeping.policies.keeps = True
    if why == "denied":
        sweeping.policies.errors.append(NeverPossible("denied", "Not for you."))
    assert sweeping.remove(finding) is FindingState.OPEN
    cause = sweeping.one().cause
    assert cause is not None
    assert cause.code == {"denied": "denied", "still_seen": "not_seen_yet"}[why]


def test_nobodys_is_told_to_nobody_and_removed_only_when_told_so(sweeping: Sweeping) -> None:
    finding = sweeping.open_finding(UUID(int=7))
    assert finding.partner_id is None
    with pytest.raises(Refused, match="owner_unknown"):
        sweeping.remove(finding)
    assert sweeping.remove(finding, although_owner_unknown=True) is FindingState.REMOVED


def test_adopted_it_is_left_as_long_as_its_grant_lives(sweeping: Sweeping) -> None:
    finding = sweeping.open_finding(sweeping.gone_partner)
    keeper = sweeping.provisioning.plan("crm")
    sweeping.provisioning.work_off()
    grant_id = sweeping.provisioning.grant(keeper, "crm").grant_id
    with sweeping.provisioning.service.open_work() as work:
        adopt_finding(work, AdoptFinding(finding_id=finding.finding_id, grant_id=grant_id, **WHY))
    sweeping.sweep(minutes_since=600)
    assert sweeping.one().state is FindingState.ADOPTED
    sweeping.provisioning.hear("offboarding_started", {"partner_id": str(keeper)})
    sweeping.provisioning.work_off()
    sweeping.sweep(minutes_since=600)
    sweeping.sweep(minutes_since=31)
    assert sweeping.one().state is FindingState.OPEN
    with (
        pytest.raises(Refused, match="grant_not_live"),
        sweeping.provisioning.service.open_work() as work,
    ):
        adopt_finding(work, AdoptFinding(finding_id=finding.finding_id, grant_id=grant_id, **WHY))


def test_ignored_it_is_left_until_it_is_reopened(sweeping: Sweeping) -> None:
    finding = sweeping.open_finding(sweeping.gone_partner)
    with sweeping.provisioning.service.open_work() as work:
        ignore_finding(work, IgnoreFinding(finding_id=finding.finding_id, **WHY))
    sweeping.sweep(minutes_since=600)
    assert sweeping.one().state is FindingState.IGNORED
    with sweeping.provisioning.service.open_work() as work:
        reopen_finding(work, ReopenFinding(finding.finding_id))
    sweeping.sweep()
    sweeping.sweep(minutes_since=31)
    assert sweeping.one().state is FindingState.OPEN
