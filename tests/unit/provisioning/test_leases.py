"""Leases end when they should: warned of once, switched off, kept for a while, gone."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.provisioning.conftest import ProvisioningInMemory, entry_for
from tests.unit.provisioning.fake_outside import Mishap
from tests.unit.provisioning.products import PRODUCTS

from chassis.failures import NeverPossible
from provisioning.domain.catalogue import Catalogue
from provisioning.domain.grant_states import MoveNotAllowed, State
from provisioning.domain.leases import DAYS_MOST, Lease, LeaseTerms, Stage
from provisioning.domain.refusals import LeaseNotToBeChanged
from provisioning.handlers.commands import (
    EndLease,
    ExtendLease,
    ExtendLeaseTo,
    FollowLease,
    FreezeGrant,
    ReinstateGrant,
)
from provisioning.handlers.leases import (
    end_lease,
    extend_lease,
    extend_lease_to,
    follow_lease,
    freeze_grant,
    reinstate_grant,
)
from provisioning.handlers.ports import Policies, RefusedFor

START = datetime(2026, 3, 3, 10, tzinfo=UTC)
DAY = timedelta(days=1)
TERMS = LeaseTerms(days=90, warning_days=(30, 7, 1), grace_days=14)


def lease_sandboxes(provisioning: ProvisioningInMemory) -> None:
    sandbox = replace(entry_for("cloud_sandbox"), parameters={"lease_days": 90})
    catalogue = Catalogue("2026-01.test", (sandbox, entry_for("crm"), entry_for("iot")), PRODUCTS)
    provisioning.database.policies = Policies(catalogue=catalogue)


class Leased:
    """One partner with a leased sandbox, whose clock is moved."""

    def __init__(self, provisioning: ProvisioningInMemory) -> None:
        lease_sandboxes(provisioning)
        self.it = provisioning
        self.partner_id = provisioning.active("cloud_sandbox")
        self.begun_at = self.lease.started_at

    @property
    def grant_id(self) -> UUID:
        return self.it.grant(self.partner_id, "cloud_sandbox").grant_id

    @property
    def lease(self) -> Lease:
        lease = self.it.grant(self.partner_id, "cloud_sandbox").lease
        assert lease is not None
        return lease

    @property
    def state(self) -> State:
        return self.it.grant(self.partner_id, "cloud_sandbox").state

    def told(self) -> list[str]:
        names = [event.name for event in self.it.database.events]
        return [name.removeprefix("access.") for name in names][names.index("access.granted") + 1 :]

    def on_day(self, day: float) -> None:
        """Go there a day at a time, as the sweep does in steps of a minute."""
        target = self.begun_at + day * DAY
        while self.it.clock.at < target:
            self.it.clock.at = min(self.it.clock.at + DAY, target)
            with self.it.database.open() as work:
                follow_lease(work, FollowLease(self.grant_id))
            self.it.run()

    def extend(self, days: int) -> None:
        command = ExtendLease(grant_id=self.grant_id, days=days, reason="The pilot goes on.", by="amara")
        with self.it.database.open() as work:
            extend_lease(work, command)
        self.it.run()

    def end(self) -> None:
        with self.it.database.open() as work:
            end_lease(work, EndLease(self.grant_id))
        self.it.run()

    def freeze(self) -> None:
        with self.it.database.open() as work:
            freeze_grant(work, FreezeGrant(self.grant_id))
        self.it.run()

    def reinstate(self) -> None:
        with self.it.database.open() as work:
            reinstate_grant(work, ReinstateGrant(self.grant_id))
        self.it.run()

    def partner(self, event: str) -> None:
        self.it.hear(event, {"partner_id": self.partner_id})
        self.it.run()


@pytest.fixture
def leased(provisioning: ProvisioningInMemory) -> Leased:
    return Leased(provisioning)


def test_a_lease_that_nobody_extends(leased: Leased) -> None:
    leased.on_day(89.9)
    assert (leased.told(), leased.state) == (["expiring"] * 3, State.GRANTED)
    leased.on_day(90)
    assert (leased.told()[3:], leased.state) == (["expired", "frozen"], State.FROZEN)
    assert leased.it.switches() == {"off"}
    leased.on_day(103.9)
    assert leased.state is State.FROZEN
    leased.on_day(104)
    assert leased.state is State.REVOKED
    assert leased.told()[5:] == ["revoked"]
    leased.on_day(200)
    assert leased.told()[6:] == []


def test_more_time_before_the_end_warns_anew(leased: Leased) -> None:
    leased.on_day(85)
    leased.extend(30)
    assert leased.told() == ["expiring", "expiring", "renewed"]
    leased.on_day(119)
    assert leased.told()[3:] == ["expiring"] * 3
    assert leased.state is State.GRANTED


def test_more_time_in_the_days_of_grace_gives_back_what_was_switched_off(leased: Leased) -> None:
    leased.on_day(95)
    leased.extend(30)
    assert leased.state is State.GRANTED
    assert leased.it.switches() == {"on"}
    leased.on_day(95 + 29)
    assert leased.state is State.GRANTED
    leased.on_day(95 + 30)
    assert leased.state is State.FROZEN


def test_a_resumption_does_not_give_back_what_the_end_switched_off(leased: Leased) -> None:
    leased.on_day(80)
    leased.partner("suspended")
    leased.on_day(91)
    leased.partner("resumed")
    assert (leased.state, leased.it.switches()) == (State.FROZEN, {"off"})
    leased.extend(10)
    assert (leased.state, leased.it.switches()) == (State.GRANTED, {"on"})


def test_more_time_does_not_lift_a_suspension(leased: Leased) -> None:
    leased.on_day(91)
    leased.partner("suspended")
    leased.extend(10)
    assert (leased.state, leased.it.switches()) == (State.FROZEN, {"off"})
    leased.partner("resumed")
    assert (leased.state, leased.it.switches()) == (State.GRANTED, {"on"})


def test_an_operator_switches_off_and_no_resumption_lifts_it(leased: Leased) -> None:
    leased.freeze()
    leased.partner("suspended")
    leased.partner("resumed")
    assert (leased.state, leased.it.switches()) == (State.FROZEN, {"off"})
    with pytest.raises(MoveNotAllowed):
        leased.freeze()
    leased.reinstate()
    assert (leased.state, leased.it.switches()) == (State.GRANTED, {"on"})
    with pytest.raises(MoveNotAllowed):
        leased.reinstate()


def test_an_operator_ends_it_now(leased: Leased) -> None:
    leased.on_day(10)
    leased.end()
    assert (leased.told(), leased.state) == (["expired", "frozen"], State.FROZEN)
    with pytest.raises(LeaseNotToBeChanged, match="ended already"):
        leased.end()


@pytest.mark.parametrize(
    ("product", "step"),
    [(name, step) for name in ("cloud_sandbox", "crm", "iot") for step in PRODUCTS[name].steps],
)
def test_what_was_frozen_half_made_is_granted_when_it_comes_back(
    provisioning: ProvisioningInMemory, product: str, step: str
) -> None:
    """Whichever step is under way: nobody is told that it is frozen or switched on, and its time runs."""
    lease_sandboxes(provisioning)
    partner_id = provisioning.plan(product)
    grant_id = provisioning.grant(partner_id, product).grant_id
    begun = provisioning.begin_at(grant_id, step)
    outcomes = provisioning.call(begun)
    provisioning.do(freeze_grant, FreezeGrant(grant_id))
    provisioning.note(begun, outcomes)
    provisioning.run()
    assert provisioning.switches() <= {"off"}
    provisioning.do(reinstate_grant, ReinstateGrant(grant_id))
    provisioning.run()
    told = provisioning.database.names()
    assert told.count("access.granted") == 1
    assert {"access.frozen", "access.unfrozen"}.isdisjoint(told)
    grant = provisioning.grant(partner_id, product)
    assert (grant.state, grant.lease is not None) == (State.GRANTED, product == "cloud_sandbox")


def test_time_runs_for_those_who_are_in_while_somebody_is_refused(
    provisioning: ProvisioningInMemory,
) -> None:
    lease_sandboxes(provisioning)
    partner_id = provisioning.plan("cloud_sandbox")
    ana = provisioning.join(partner_id)
    refusal = RefusedFor(NeverPossible("refused", "Refused."), [ana])
    provisioning.outside.will("apply", "sandbox_sign_in", Mishap(refusal, after_the_work=True))
    provisioning.run()
    grant = provisioning.grant(partner_id, "cloud_sandbox")
    assert (grant.state, grant.lease is not None) == (State.FAILED, True)


@pytest.mark.parametrize("others_wait", [False, True])
def test_who_joins_hears_of_the_rest_while_one_product_is_off_for_a_reason_of_its_own(
    provisioning: ProvisioningInMemory, others_wait: bool
) -> None:
    lease_sandboxes(provisioning)
    partner_id = provisioning.active("cloud_sandbox", "crm")
    provisioning.do(freeze_grant, FreezeGrant(provisioning.grant(partner_id, "cloud_sandbox").grant_id))
    if others_wait:
        provisioning.hear("suspended", {"partner_id": partner_id})
    ana = provisioning.join(partner_id)
    provisioning.run()
    assert provisioning.told(ana) == ([] if others_wait else [["crm"]])


def test_what_somebody_else_switched_off_is_told_stuck_once(leased: Leased) -> None:
    """More time, or the end of one of two freezes, is no news of it."""
    leased.it.outside.standing[leased.grant_id, "sandbox_unit"] = "off"
    leased.freeze()
    leased.partner("suspended")
    leased.reinstate()
    leased.extend(10)
    assert "stuck" not in leased.told()
    leased.partner("resumed")
    leased.extend(10)
    assert leased.told().count("stuck") == 1


def test_nobody_gives_time_to_what_is_gone(leased: Leased) -> None:
    leased.partner("offboarding_started")
    with pytest.raises(LeaseNotToBeChanged):
        leased.extend(10)
    with pytest.raises(MoveNotAllowed):
        leased.freeze()
    leased.on_day(200)
    assert "expired" not in leased.told()


def test_a_replaced_key_or_a_person_who_joins_begins_no_new_lease(leased: Leased) -> None:
    leased.on_day(20)
    leased.it.join(leased.partner_id)
    leased.it.run()
    assert leased.lease.ends_at == leased.begun_at + 90 * DAY


def test_no_lease_reaches_further_than_a_catalogue_could_say(leased: Leased) -> None:
    with pytest.raises(LeaseNotToBeChanged, match="3650 days"):
        leased.extend(DAYS_MOST)


def test_who_comes_late_tells_one_warning_not_all_that_were_missed() -> None:
    lease = Lease.begin(TERMS, START)
    assert followed(lease, START + 88 * DAY) == [Stage.EXPIRING]
    assert lease.due_at == START + 89 * DAY
    assert followed(lease, START + 200 * DAY) == [Stage.EXPIRED]
    assert followed(lease, START + 213 * DAY) == []
    assert followed(lease, START + 214 * DAY) == [Stage.OVER]


def test_who_comes_late_within_the_days_of_grace_does_not_lengthen_them() -> None:
    lease = Lease.begin(TERMS, START)
    assert followed(lease, START + 100 * DAY) == [Stage.EXPIRED]
    assert followed(lease, START + 104 * DAY) == [Stage.OVER]


def test_a_lease_shorter_than_a_warning_is_not_warned_of_at_once() -> None:
    lease = Lease.begin(replace(TERMS, days=7), START)
    assert lease.due_at == START + 6 * DAY


@given(
    days=st.integers(1, DAYS_MOST),
    warnings=st.lists(st.integers(1, 365), max_size=5).map(tuple),
    grace=st.integers(0, 365),
    pauses=st.lists(st.floats(0.001, 200), min_size=1, max_size=60),
)
def test_whenever_somebody_looks_each_stage_comes_once_and_never_early(
    days: int, warnings: tuple[int, ...], grace: int, pauses: Sequence[float]
) -> None:
    lease = Lease.begin(LeaseTerms(days=days, warning_days=warnings, grace_days=grace), START)
    now = START
    told: list[tuple[Stage, datetime]] = []
    for pause in [*pauses, DAYS_MOST, 365]:
        now += timedelta(days=pause)
        if not told or told[-1][0] is not Stage.OVER:
            told += [(stage, now) for stage in followed(lease, now)]
        assert not lease.is_expired or now >= lease.ends_at
    stages = [stage for stage, _ in told if stage is not Stage.EXPIRING]
    assert stages == [Stage.EXPIRED, Stage.OVER]
    warned = [at for stage, at in told if stage is Stage.EXPIRING]
    assert len(warned) <= len(set(warnings))
    assert all(at < lease.ends_at for at in warned)


def followed(lease: Lease, now: datetime) -> list[Stage]:
    """What becomes due, until nothing more does or the grant would be taken away."""
    found: list[Stage] = []
    while found[-1:] != [Stage.OVER] and (stage := lease.follow(now)):
        found.append(stage)
    return found


def test_an_end_that_was_asked_for_shortens_nothing(leased: Leased) -> None:
    """An operator gave more meanwhile, or the same answer came twice."""
    ends_at = leased.lease.ends_at
    told = {"grant_id": leased.grant_id, "reason": "Asked for.", "by": "amara"}
    for days in (-10, 0):
        leased.it.do(extend_lease_to, ExtendLeaseTo(ends_at=ends_at + days * DAY, **told))
    leased.it.database.clock.at = ends_at + DAY
    leased.it.do(extend_lease_to, ExtendLeaseTo(ends_at=ends_at, **told))
    assert leased.lease.ends_at == ends_at
    assert leased.told() == []
